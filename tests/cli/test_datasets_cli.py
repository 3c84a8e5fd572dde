from __future__ import annotations

import json
import re

import pytest

from adbench.cli import main
from adbench.testing import reference_data

pytestmark = pytest.mark.usefixtures("toys")
Captured = pytest.CaptureFixture[str]


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


def test_events_per_channel_and_sample(capsys: Captured) -> None:
    assert call("datasets", "info", "toys", "--format", "json") == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["name"], found["edition"], found["split"], found["folds"]) == ("toys", "tiny", "own", 1)
    background = {"train": 600, "validation": 200, "test": 400}
    signals = {"signal/bump_1": 500, "signal/bump_2": 500, "signal/shift": 500}
    assert found["events"] == {
        "a": {**background, "unlabelled/all": 50, **signals},
        "b": {**background, "signal/shift": 500},
    }
    assert found["background"] == {"a": {"background": 1.0}, "b": {"background": 1.0}}
    assert found["families"] == {"bump_1": "bump", "bump_2": "bump", "shift": "shift"}
    assert found["fingerprints"] == {"a": "toy-a-1", "b": "toy-b-1"}
    assert found["notes"] == ["a toy"]


def test_the_same_as_a_table(capsys: Captured) -> None:
    assert call("datasets", "info", "toys") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["toys: exponential missing energy", "  edition  tiny", "  split    own"]
    rows = [re.split(r"\s{2,}", line) for line in lines]
    assert ["background train", "600", "600"] in rows
    assert ["signal bump_1 (family bump)", "500"] in rows
    assert "background  channel a  channel b" in lines
    assert lines[-1] == "note: a toy"


def test_folds_are_counted_whole_and_learning_for_the_first(capsys: Captured) -> None:
    assert call("datasets", "info", "toys", "--split", "k-folds", "--folds", "4", "--edition", "other") == 0
    out = capsys.readouterr().out
    assert "  edition  other\n  split    k-folds(4), 4 folds\n" in out
    assert "background train (fold 1 of 4)" in out


def test_without_a_name_all_data_sets_are_shown_unless_options_need_one(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    from adbench.plugins import plugins
    from adbench.registry import catalogue

    assert call("datasets", "info", "--data", ".") == 2
    assert (
        "say which data set is meant: adbench datasets info NAME, one of darkmachines, toys" in capsys.readouterr().err
    )
    monkeypatch.setenv("ADBENCH_PLUGINS", "toys")
    plugins.cache_clear()
    catalogue.cache_clear()
    assert call("datasets", "info", "--format", "json") == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)] == ["toys"]


def test_unknown_data_sets_are_answered_with_the_nearest(capsys: Captured) -> None:
    assert call("datasets", "info", "toy") == 2
    assert capsys.readouterr().err == "error: no data set 'toy'. Did you mean toys? All: adbench list datasets\n"


def test_real_events_are_counted_by_process(capsys: Captured, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    folder = reference_data("darkmachines_events")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert call("datasets", "info", "darkmachines", "--data", str(folder), "--format", "json") == 0
    (found,) = json.loads(capsys.readouterr().out)
    events = found["events"]["1"]
    assert events["train"] + events["validation"] + events["test"] == 1000
    mixture = found["background"]["1"]
    assert sum(mixture.values()) == pytest.approx(1.0)
    assert next(iter(mixture)) == "njets"
    assert any("fail the selection" in note for note in found["notes"])


def test_the_selection_of_each_channel_is_shown_with_its_units(capfd: pytest.CaptureFixture[str]) -> None:
    assert call("datasets", "info", "darkmachines") == 0
    assert "  channel 3: HT >= 600 GeV, MET > 100 GeV\n" in capfd.readouterr().out
