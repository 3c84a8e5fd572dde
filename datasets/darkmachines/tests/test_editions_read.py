"""The official editions as the data set opens them, from small files in their layouts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from adbench_darkmachines import DarkMachines

from adbench.api import DataError, DatasetOptions, MissingError, UnknownNameError

Line = Callable[..., str]
Csv = Callable[..., Path]
LEPTONS = (("e-", 40.0, 0.0), ("m+", 30.0, 0.5), ("j", 90.0, 1.0))
CACHE = "cache/darkmachines"


@pytest.fixture
def hackathon(line: Line, csv: Csv) -> None:
    """The layout of training_files.tar: a folder per channel."""
    here = f"{CACHE}/hackathon/training_files"
    csv([line(met=200.0 + i, event=i) for i in range(50)], f"{here}/chan1/background_chan1_7.79.csv")
    csv([line(met=500.0, process="stlp_st1000")] * 5, f"{here}/chan1/stlp_st1000_chan1.csv")
    csv([line(LEPTONS, met=60.0 + i) for i in range(20)], f"{here}/chan2b/background_chan2b_7.8.csv")
    csv([line(LEPTONS, met=90.0)] * 3, f"{here}/chan2b/pp23mt_50_chan2b.csv")


@pytest.fixture
def secret(line: Line, csv: Csv) -> None:
    """The layout of secret_data.tar: one unlabelled file per channel, with ids that repeat."""
    here = f"{CACHE}/secret/secret_data"
    lines = [line(met=300.0 + i, event=90 - i // 2, process="x") for i in range(12)]
    csv([line(met=10.0, event=-4), *lines], f"{here}/chan1/unlabeled_combined_chan1.csv")
    csv([line(LEPTONS, met=80.0, event=5)] * 4, f"{here}/chan2a/unlabeled_combined_chan2a.csv")


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., DarkMachines]:
    def open_edition(edition: str, **options: object) -> DarkMachines:
        return DarkMachines(DatasetOptions(edition=edition, cache=tmp_path / "cache", **options))  # type: ignore[arg-type]

    return open_edition


Opened = Callable[..., DarkMachines]


@pytest.mark.usefixtures("hackathon")
def test_the_hackathon_has_background_to_divide_and_labelled_signals(opened: Opened) -> None:
    data = opened("hackathon")
    info = data.info
    assert (info.edition, info.channels, info.split) == ("hackathon", ("1", "2b"), "80-10-10")
    assert info.signals == {"1": ("stlp_st1000",), "2b": ("pp23mt_50",)}
    assert info.doi == ("10.5281/zenodo.3961917", "10.48550/arXiv.2105.14027")
    assert info.licence.startswith("CC BY 4.0")
    assert [len(part) for part in (data.train("1"), data.validation("1"), data.background("1"))] == [40, 5, 5]
    assert len(data.signal("2b", "pp23mt_50")) == 3
    assert data.unlabelled("1") is None
    assert info.notes[0].startswith(
        "channel 2b: incomplete; it selects HT >= 50 GeV, but some processes were generated"
    )
    assert opened("hackathon", split="k-folds", folds=4).info.folds == 4
    assert opened("hackathon", raw=True).info.edition == "hackathon-raw"


@pytest.mark.usefixtures("hackathon", "secret")
def test_the_secret_data_are_scored_by_what_is_trained_on_the_hackathon(opened: Opened) -> None:
    data = opened("secret")
    info = data.info
    assert (info.edition, info.channels, info.signals) == ("secret", ("1",), {"1": ()})
    assert info.doi[:2] == ("10.5281/zenodo.4443151", "10.5281/zenodo.3961917")
    np.testing.assert_array_equal(data.train("1").objects, opened("hackathon").train("1").objects)
    unlabelled = data.unlabelled("1")
    assert unlabelled is not None
    assert unlabelled.aux["event_id"].tolist() == [90 - i // 2 for i in range(12)]
    assert unlabelled.aux["row"].tolist() == list(range(2, 14))
    assert len(np.unique(unlabelled.aux["source"])) == 12
    assert "event_id" not in data.train("1").aux
    notes = data.info.notes
    assert any(note.startswith("no labels: the unlabelled events are scored") for note in notes)
    left_out = "channel 2a: left out, its background is not on this disk; get it with: "
    assert f"{left_out}adbench datasets fetch darkmachines --edition hackathon --channel 2a" in notes
    assert "unlabeled_combined_chan1.csv: 7.7 % of the events fail the selection (1 of 13)" in notes
    raw = opened("secret", raw=True).unlabelled("1")
    assert raw is not None
    assert raw.aux["event_id"].tolist()[:2] == [-4, 90]


@pytest.mark.parametrize("edition", ["hackathon", "secret", "full"])
def test_an_edition_that_is_not_here_names_the_command_that_gets_it(opened: Opened, edition: str) -> None:
    expected = rf"edition {edition} .* is not on this disk .*: adbench datasets fetch darkmachines --edition {edition}$"
    with pytest.raises(MissingError, match=expected):
        opened(edition)


@pytest.mark.usefixtures("secret")
def test_secret_data_alone_are_not_enough(opened: Opened, tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"edition hackathon of darkmachines is not on this disk .* hackathon$"):
        opened("secret")
    folder = tmp_path / CACHE / "secret" / "secret_data"
    with pytest.raises(DataError, match=r"no background in .*has unlabelled events of channel 1, 2a: put the backgr"):
        DarkMachines(DatasetOptions(data=folder))


@pytest.mark.usefixtures("secret")
def test_secret_channels_whose_background_was_not_fetched(opened: Opened, line: Line, csv: Csv) -> None:
    csv([line()], f"{CACHE}/hackathon/training_files/chan3/background_chan3_8.02.csv")
    fix = "get it with: adbench datasets fetch darkmachines --edition hackathon --channel 1"
    with pytest.raises(MissingError, match=rf"has unlabelled events of channel 1, 2a, but no background .*{fix}$"):
        opened("secret")


@pytest.mark.usefixtures("hackathon")
def test_a_folder_without_unlabelled_events_is_no_secret(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / CACHE / "secret").mkdir()
    with pytest.raises(DataError, match=r"no unlabelled events in .*; looked for unlabeled_\*_chan1.csv"):
        opened("secret")


def test_the_full_generation(opened: Opened, line: Line, csv: Csv) -> None:
    csv([line(met=300.0, process="ttbar")] * 30, f"{CACHE}/full/sm/ttbar_10fb.csv")
    csv([line(met=400.0, process="stlp_st1000")] * 4, f"{CACHE}/full/bsm_10fb/stlp_st1000_10fb.csv")
    data = opened("full")
    assert (data.info.edition, data.info.split, list(data.info.splits)) == (
        "full",
        "80-10-10",
        ["80-10-10", "arxiv-2205.01697"],
    )
    assert [len(part) for part in (data.train("1"), data.validation("1"), data.background("1"))] == [24, 3, 3]
    assert len(data.signal("1", "stlp_st1000")) == 4
    assert data.info.doi[0] == "10.5281/zenodo.3685861"


def test_names_of_editions(opened: Opened) -> None:
    with pytest.raises(UnknownNameError, match=r"no edition of darkmachines 'hackaton'. Did you mean hackathon\?"):
        opened("hackaton")


@pytest.mark.usefixtures("hackathon")
def test_origin_and_luminosity_of_an_edition(opened: Opened) -> None:
    data = opened("hackathon")
    assert data.info.provenance[0].startswith("MadGraph5_aMC@NLO 2.6, Pythia 8.239, Delphes 3.4.2")
    assert data.info.luminosities == {"1": 7.79, "2b": 7.8}  # of the whole files
    data.prepare("1")
    assert data.info.luminosities["1"] == pytest.approx(7.79 * 50 / 214_185)  # of the 50 lines that are there


def test_origin_and_luminosity_of_the_sample_and_of_a_folder(line: Line, csv: Csv, tmp_path: Path) -> None:
    info = DarkMachines(DatasetOptions()).info
    assert info.luminosities == {"1": 1.336, "2a": 535.8, "2b": 0.4068, "3": 0.04077}
    assert info.provenance[0] == "this plugin's generator, seed 2105"
    assert info.provenance[1].startswith("pythia8mc 8.317.2, fastjet")
    path = csv([line()] * 10, "own/background_chan1.csv")
    own = DarkMachines(DatasetOptions(data=path.parent, cache=tmp_path / "cache")).info
    assert (own.luminosities, own.provenance) == ({}, ("your own files, in the format of the challenge",))


def test_no_line_of_an_origin_is_longer_than_a_terminal() -> None:
    from adbench_darkmachines.provenance import _ORIGINS

    lines = [*DarkMachines(DatasetOptions()).info.provenance, *(text for told in _ORIGINS.values() for text in told)]
    assert max(len(f"  origin   {text}") for text in lines) <= 80
