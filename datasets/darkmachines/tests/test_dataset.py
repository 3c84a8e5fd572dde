from __future__ import annotations

import json
import mmap
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from adbench_darkmachines import DarkMachines

from adbench.api import DataError, DatasetOptions, MissingError, UnknownNameError, UsageError, prior_half

Line = Callable[..., str]
Csv = Callable[..., Path]
LONG_AGO = 1_600_000_000.0


@pytest.fixture
def folder(line: Line, csv: Csv, tmp_path: Path) -> Path:
    """A folder with 100 background lines, of which every tenth fails channel 1, and two signals."""
    background = [line(met=100.0 if i % 10 == 9 else 200.0 + i, event=3) for i in range(100)]
    csv(background, "data/background_chan1_7.79.csv")
    csv([line(met=500.0 + i, process="stlp_st1000") for i in range(30)], "data/stlp_st1000_chan1.csv")
    busy = [("j", 300.0, 0.0)] + 20 * [("j", 60.0, 0.0)]
    csv([line(busy, met=600.0, process="mine"), "rubbish"], "data/mine_chan1.csv")
    return tmp_path / "data"


@pytest.fixture
def opened(folder: Path, tmp_path: Path) -> Callable[..., DarkMachines]:
    def open_dataset(data: Path = folder, **options: object) -> DarkMachines:
        options = {"skip_bad_lines": True, **options}
        return DarkMachines(DatasetOptions(data=data, cache=tmp_path / "cache", **options))  # type: ignore[arg-type]

    return open_dataset


Opened = Callable[..., DarkMachines]


def memory_mapped(array: np.ndarray) -> bool:
    base: object = array
    while isinstance(base, np.ndarray):
        base = base.base
    return isinstance(base, mmap.mmap)


def test_what_it_says_of_itself(opened: Opened) -> None:
    data = opened()
    info = data.info
    assert (info.name, info.edition, info.channels, info.split, info.folds) == (
        "darkmachines",
        "folder",
        ("1",),
        "80-10-10",
        1,
    )
    assert info.signals == {"1": ("stlp_st1000", "mine")}
    assert info.family("stlp_st1000") == "stop_rpv"
    assert info.family("mine") == "mine"
    assert info.notes[0].startswith("channel 1: 7 of 8 signals are not here")
    data.prepare("1")
    assert [note for note in data.info.notes if "malformed" in note] == [
        "mine_chan1.csv: 1 of 2 lines are malformed and skipped (line 2: event id: expected an integer of at most "
        "18 digits, found 'rubbish')"
    ]
    assert "background_chan1_7.79.csv: 10.0 % of the events fail the selection (10 of 100)" in data.info.notes
    assert "mine_chan1.csv: processes not on the card, filed under other: mine (1)" in data.info.notes


def test_a_file_of_which_most_fails_the_selection_is_warned_of(opened: Opened, line: Line, csv: Csv) -> None:
    csv([line(met=150.0)] * 3 + [line(), line(), "rubbish"], "data/stlp_st1000_chan1.csv")
    csv([line(met=150.0)] * 2 + [line(), line()], "data/half_chan1.csv")
    data = opened()
    data.prepare("1")
    assert "warning: stlp_st1000_chan1.csv: 60.0 % of the events fail the selection (3 of 5)" in data.info.notes
    assert "half_chan1.csv: 50.0 % of the events fail the selection (2 of 4)" in data.info.notes


def test_parts_go_by_line_and_are_memory_maps(opened: Opened) -> None:
    data = opened()
    rows = {name: getattr(data, name)("1").aux["row"].tolist() for name in ("train", "validation", "background")}
    assert rows["train"] == [r for r in range(1, 81) if r % 10]
    assert rows["validation"] == list(range(81, 90))
    assert rows["background"] == list(range(91, 100))
    assert memory_mapped(opened(raw=True).train("1").objects)
    assert len(opened(raw=True).train("1")) == 80


def test_official_event_ids_are_no_sources(opened: Opened) -> None:
    background, signal = opened().background("1"), opened().signal("1", "stlp_st1000")
    assert len(np.unique(background.aux["source"])) == len(background)
    assert 5 < prior_half(signal.aux["source"]).sum() < 25


def test_every_sample_of_a_channel_has_the_same_slots(opened: Opened) -> None:
    data = opened()
    for events in (data.train("1"), data.validation("1"), data.background("1"), data.signal("1", "stlp_st1000")):
        assert events.objects.shape[1:] == (21, 4)
        assert events.kinds.flags.c_contiguous
    assert data.signal("1", "mine").present.sum() == 21


def test_names_are_checked(opened: Opened, folder: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"no channel of darkmachines '2a'. .*All: 1"):
        opened().train("2a")
    with pytest.raises(UnknownNameError, match=r"no signal in channel 1 of .* 'stlp'. Did you mean stlp_st1000"):
        opened().signal("1", "stlp")
    with pytest.raises(UnknownNameError, match=r"no split of darkmachines '80-20'. Did you mean 80-10-10"):
        opened(split="80-20")
    with pytest.raises(UnknownNameError, match=r"no edition of darkmachines 'smaple'. Did you mean sample?"):
        DarkMachines(DatasetOptions(edition="smaple"))
    with pytest.raises(UnknownNameError, match=r"no option of darkmachines 'pileup'"):
        opened(options={"pileup": 40})
    with pytest.raises(UsageError, match=r"k-folds needs at least 2 folds, not 1"):
        opened(split="k-folds", folds=1)
    with pytest.raises(UsageError, match=r"no data folder"):
        opened(data=folder / "nothing")


def test_edition_that_is_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("adbench_darkmachines.opening.SAMPLE", tmp_path / "nothing")
    with pytest.raises(MissingError, match=r"edition sample of darkmachines is not installed"):
        DarkMachines(DatasetOptions())


def test_malformed_line_stops_the_conversion_and_leaves_nothing(opened: Opened, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"mine_chan1.csv:2: event id.*; leave such lines out with --skip-bad-lines$"):
        opened(skip_bad_lines=False).prepare("1")
    assert not [path for path in (tmp_path / "cache" / "darkmachines").iterdir() if path.name.startswith(".")]


def test_lines_skipped_once_are_not_skipped_where_that_is_not_asked_for(opened: Opened, folder: Path) -> None:
    for _ in range(2):
        assert len(opened().signal("1", "mine")) == 1
        with pytest.raises(DataError, match=r"mine_chan1.csv:2: event id: expected an integer .*, found 'rubbish'"):
            opened(skip_bad_lines=False).prepare("1")
    (folder / "mine_chan1.csv").unlink()
    strict, lenient = (opened(skip_bad_lines=skip) for skip in (False, True))
    assert strict.fingerprint("1") == lenient.fingerprint("1")
    np.testing.assert_array_equal(strict.train("1").objects, lenient.train("1").objects)


def test_files_taken_as_they_are_have_an_edition_of_their_own(opened: Opened) -> None:
    assert opened(raw=True).info.edition == "folder-raw"
    assert DarkMachines(DatasetOptions(raw=True)).info.edition == "sample-raw"


def test_published_split_needs_its_counts(opened: Opened) -> None:
    with pytest.raises(DataError, match=r"arxiv-2110.08508 of channel 1 needs 214,000 background events .* has 100"):
        opened(split="arxiv-2110.08508").prepare("1")


def test_each_split_is_told_in_a_line(opened: Opened) -> None:
    told = opened(split="arxiv-2205.01697").info.splits
    assert list(told) == ["80-10-10", "arxiv-2110.08508", "arxiv-2205.01697", "k-folds"]
    assert told["arxiv-2205.01697"] == (
        "first 10 % of the lines for testing, next 10 % for validation, the rest for training"
    )
    assert list(DarkMachines(DatasetOptions()).info.splits) == ["manifest"]


def test_k_folds_are_out_of_fold(opened: Opened) -> None:
    data = opened(split="k-folds", folds=3)
    assert (data.info.folds, data.info.split) == (3, "k-folds-3")
    tested: list[int] = []
    for index in range(3):
        view = data.fold(index)
        parts = [view.train("1"), view.validation("1"), view.background("1")]
        rows = [set(part.aux["row"].tolist()) for part in parts]
        assert sum(map(len, rows)) == len(rows[0] | rows[1] | rows[2]) == 90
        assert len(view.signal("1", "stlp_st1000")) == 30
        tested += rows[2]
    assert sorted(tested) == data.background("1").aux["row"].tolist()
    with pytest.raises(UsageError, match=r"one train background per fold"):
        data.train("1")
    with pytest.raises(UsageError, match=r"fold 3 of 3; expected 0 to 2"):
        data.fold(3)
    assert opened().fold(0).info.folds == 1


def test_fingerprint_follows_content_and_settings_and_not_the_place(opened: Opened, folder: Path) -> None:
    first = opened().fingerprint("1")
    moved = folder.parent / "elsewhere"
    folder.rename(moved)
    assert opened(data=moved).fingerprint("1") == first
    assert opened(data=moved, split="k-folds").fingerprint("1") == first
    assert opened(data=moved, raw=True).fingerprint("1") != first
    assert opened(data=moved, skip_bad_lines=False).fingerprint("1") == first
    for path in sorted(moved.iterdir()):
        before, content = opened(data=moved).fingerprint("1"), path.read_bytes()
        path.write_bytes(content + content[: content.index(b"\n") + 1])
        os.utime(path, (LONG_AGO, LONG_AGO))
        assert opened(data=moved).fingerprint("1") != before
    before = opened(data=moved).fingerprint("1")
    (moved / "mine_chan1.csv").unlink()
    assert opened(data=moved).fingerprint("1") != before


def test_conversion_happens_once(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = opened().train("1")

    def fail(*arguments: object) -> None:
        pytest.fail("converted again")

    monkeypatch.setattr("adbench_darkmachines.reader.iter_events", fail)
    again = opened()
    np.testing.assert_array_equal(again.train("1").objects, expected.objects)
    assert len([note for note in again.info.notes if "malformed" in note]) == 1


def test_a_cached_data_set_costs_no_numba(opened: Opened, folder: Path, tmp_path: Path) -> None:
    opened().prepare("1")
    code = f"""
import sys
from pathlib import Path
from adbench.api import DatasetOptions
from adbench_darkmachines import DarkMachines
options = DatasetOptions(data=Path({str(folder)!r}), cache=Path({str(tmp_path / "cache")!r}), skip_bad_lines=True)
print(len(DarkMachines(options).train("1")), "numba" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["72", "False"]


def test_unlabelled_events(opened: Opened, line: Line, csv: Csv) -> None:
    assert opened().unlabelled("1") is None
    before = opened().fingerprint("1")
    csv([line(met=1000.0)] * 3, "data/unlabelled_black_box_chan1.csv")
    events = opened().unlabelled("1")
    assert events is not None
    assert len(events) == 3
    assert opened().fingerprint("1") != before


def test_a_manifest_brings_split_and_sources(line: Line, csv: Csv, tmp_path: Path, opened: Opened) -> None:
    listed: dict[str, object] = {}
    for number, part in enumerate(("train", "validation", "test")):
        name = f"chan1/background_chan1_{part}.csv"
        csv([line(event=10 * number + i // 2) for i in range(6 - number)], f"ours/{name}")
        listed[part] = {"file": name}
    csv([line(event=i // 3, met=900.0) for i in range(12)], "ours/chan1/stlp_st1000_chan1.csv")
    signals = {"stlp_st1000": {"file": "chan1/stlp_st1000_chan1.csv", "status": "true"}}
    manifest = {"schema": 1, "event_id": "", "channels": {"1": {"background": listed, "signals": signals}}}
    (tmp_path / "ours" / "manifest.json").write_text(json.dumps(manifest))

    data = opened(data=tmp_path / "ours")
    assert data.info.split == "manifest"
    assert [len(events) for events in (data.train("1"), data.validation("1"), data.background("1"))] == [6, 5, 4]
    assert data.background("1").aux["source"].tolist() == [20, 20, 21, 21]
    assert data.signal("1", "stlp_st1000").aux["source"].tolist() == [i // 3 for i in range(12)]
    assert opened(data=tmp_path / "ours", split="manifest").info == data.info
    divided = r"ours comes divided into train, validation and test; leave --split out \(its split is 'manifest'\)"
    with pytest.raises(UsageError, match=divided):
        opened(data=tmp_path / "ours", split="k-folds")
    with pytest.raises(UnknownNameError, match=r"no split"):
        opened(data=tmp_path / "ours", split="kfold")


def test_real_folder(tmp_path: Path) -> None:
    from adbench.testing import reference_data

    options = DatasetOptions(data=reference_data("darkmachines_events"), cache=tmp_path)
    data = DarkMachines(options)
    assert data.info.channels == ("1",)
    assert len(data.info.signals["1"]) == 4
    assert [len(events) for events in (data.train("1"), data.validation("1"), data.background("1"))] == [800, 100, 100]
    assert len(data.signal("1", "stlp_st1000")) == 8069
