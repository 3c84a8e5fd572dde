"""The bundled sample through the data set: nothing is dropped, and copies of one event stay together."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from adbench_darkmachines import DarkMachines
from adbench_darkmachines.card import CHANNEL_CARDS, OTHER, SCHEMA
from adbench_darkmachines.opening import SAMPLE
from adbench_darkmachines.signals import PAIRS

from adbench.api import DatasetOptions, UnknownNameError, UsageError

MANIFEST = SAMPLE / "manifest.json"
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
        assert info.signals[channel] == PAIRS[channel]


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
    folder = DarkMachines(DatasetOptions(data=SAMPLE, cache=tmp_path))
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
    folder = DarkMachines(DatasetOptions(data=SAMPLE)).info
    assert folder.licence.startswith("that of the files")
    assert "MIT" not in folder.licence
    assert "10.5281/zenodo.3961917" in folder.doi


def test_the_most_important_notes_come_first(sample: DarkMachines) -> None:
    notes = sample.info.notes
    assert "never with published figures" in notes[0]
    assert notes[1] == "channel 2a: ttbar is 0.4 % of the background; by its cross-section it would be 14.2 %"
    assert notes[2].startswith("copies: each generated event was smeared several times")
    independent = len(np.unique(sample.background("1").aux["source"]))
    assert f"{independent:,} of 10,000 in channel 1" in notes[2]
    assert independent > 8000
    analogues = [note.partition(" is an analogue: ")[0] for note in notes if " is an analogue: " in note]
    assert analogues == [
        "signal monojet_Zp2000.0_DM_50.0",
        "signal monotop_200_A",
        "background wtop + wtopbar",
        "signal pp23mt_50",
        "signal pp24mt_50",
        "background ttbarZ",
        "signal monoV_Zp2000.0_DM_1.0",
    ]
    after = notes[3 + len(analogues) :]
    assert after[0].startswith("backgrounds that Pythia has no matrix element for are not here: ttbarGam, atop")
    assert after[1].startswith("MET leaves muons out")
