"""The bundled sample through the data set: nothing is dropped, and copies of one event stay together."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from adbench_darkmachines import DarkMachines
from adbench_darkmachines.card import CHANNEL_CARDS, OTHER, SCHEMA
from adbench_darkmachines.dataset import EDITIONS
from adbench_darkmachines.signals import PAIRS

from adbench.api import DatasetOptions, UnknownNameError, UsageError

MANIFEST = EDITIONS["sample"] / "manifest.json"
pytestmark = pytest.mark.skipif(
    not MANIFEST.is_file(), reason="the sample is not there; make it with adbench datasets generate darkmachines"
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> DarkMachines:
    return DarkMachines(DatasetOptions(cache=tmp_path_factory.mktemp("cache")))


def test_all_channels_with_signals_of_the_challenge(sample: DarkMachines) -> None:
    info = sample.info
    assert (info.edition, info.split, info.folds) == ("sample", "manifest", 1)
    assert info.channels == tuple(CHANNEL_CARDS)
    for channel in info.channels:
        assert len(info.signals[channel]) >= 3
        assert set(info.signals[channel]) <= set(PAIRS[channel])


@pytest.mark.parametrize("channel", list(CHANNEL_CARDS))
def test_every_event_survives_the_cuts(sample: DarkMachines, channel: str) -> None:
    listed = json.loads(MANIFEST.read_text())["channels"][channel]
    parts = {
        "train": sample.train(channel),
        "validation": sample.validation(channel),
        "test": sample.background(channel),
    }
    for part, events in parts.items():
        assert len(events) == listed["background"][part]["events"]
        assert OTHER not in {SCHEMA.processes[i] for i in np.unique(events.aux["process"])}
    for name in sample.info.signals[channel]:
        events = sample.signal(channel, name)
        assert len(events) == listed["signals"][name]["events"]
        assert {SCHEMA.processes[i] for i in np.unique(events.aux["process"])} == {name}
    sources = [np.unique(events.aux["source"]) for events in parts.values()]
    assert len(np.unique(np.concatenate(sources))) == sum(map(len, sources))
    assert not [note for note in sample.info.notes if "fail the selection" in note or "malformed" in note]


def test_the_sample_reads_the_same_from_a_folder(sample: DarkMachines, tmp_path: Path) -> None:
    folder = DarkMachines(DatasetOptions(data=EDITIONS["sample"], cache=tmp_path))
    assert folder.info.edition == "folder"
    assert folder.fingerprint("2b") == sample.fingerprint("2b")


def test_the_split_of_the_sample_cannot_be_replaced() -> None:
    assert DarkMachines(DatasetOptions(split="manifest")).info.split == "manifest"
    divided = r"edition sample comes divided into train, validation and test; leave --split out"
    with pytest.raises(UsageError, match=divided):
        DarkMachines(DatasetOptions(split="80-10-10"))
    with pytest.raises(UnknownNameError, match=r"no split of darkmachines 'kfolds'\. Did you mean k-folds"):
        DarkMachines(DatasetOptions(split="kfolds"))


def test_licence_and_reference_are_those_of_the_events(sample: DarkMachines) -> None:
    assert sample.info.licence.startswith("MIT; ")
    assert sample.info.doi == ("10.48550/arXiv.2105.14027",)
    folder = DarkMachines(DatasetOptions(data=EDITIONS["sample"])).info
    assert folder.licence.startswith("that of the files")
    assert "MIT" not in folder.licence
    assert "10.5281/zenodo.3961917" in folder.doi


def test_the_most_important_notes_come_first(sample: DarkMachines) -> None:
    notes = sample.info.notes
    assert "never with published figures" in notes[0]
    assert notes[1:3] == (
        "channel 1: njets is 5.0 % of the background; by its cross-section it would be 54.2 %",
        "channel 2a: ttbar is 0.6 % of the background; by its cross-section it would be 16.1 %",
    )
    assert notes[3].startswith("copies: each generated event was smeared several times")
    assert "1,686 of 2,500 in channel 1, 1,799 of 2,500 in channel 2a" in notes[3]
    assert len(np.unique(sample.background("1").aux["source"])) == 1686
    assert [note.partition(" is an analogue: ")[0] for note in notes[4:6]] == [
        "signal monojet_Zp2000.0_DM_50.0",
        "signal monoV_Zp2000.0_DM_1.0",
    ]
    assert [note.split(" signals are not here")[0] for note in notes[6:10]] == [
        "channel 1: 3 of 8",
        "channel 2a: 3 of 7",
        "channel 2b: 4 of 9",
        "channel 3: 5 of 10",
    ]
    assert notes[10].startswith("MET balances")
