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
    first = rows.index(["channel a", "family", "events"])
    assert rows[first + 1 : first + 6 : 4] == [["background train", "600"], ["signal bump_1", "bump", "500"]]
    assert rows[rows.index(["channel b", "family", "events"]) + 4] == ["signal shift", "500"]
    assert ["background", "ch. a", "ch. b"] in rows
    assert lines[-1] == "note: a toy"


@pytest.mark.parametrize(
    ("extra", "headings"),
    [
        (0, ["channel 2a", "family", "events", "independent"]),
        (15, ["channel 2a", "events", "independent"]),
        (29, ["channel 2a", "events"]),
    ],
)
def test_a_terminal_breaks_no_number(monkeypatch: pytest.MonkeyPatch, extra: int, headings: list[str]) -> None:
    from adbench.cli import dataset_info, tables

    for module in (dataset_info, tables):
        monkeypatch.setattr(module, "terminal_width", lambda: 80)
    name = "gluino_1000.0_neutralino_1.0" + "x" * extra
    described = {
        "events": {"2a": {"test": 8_544_111, f"signal/{name}": 918_180}},
        "independent": {"2a": {"test": 1_234_567, f"signal/{name}": 918_180}},
        "families": {name: "zprime_dm"},
        "folds": 1,
    }
    drawn = tables.rendered(dataset_info._events("2a", described), width=80)
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in drawn.splitlines()]
    assert max(map(len, lines)) <= 80
    assert re.findall(r"[a-z]+(?: 2a)?", lines[1]) == headings
    assert len(lines) == 6
    assert "8,544,111" in drawn
    assert name in drawn


def test_independent_events_are_counted_by_source(capsys: Captured) -> None:
    assert call("datasets", "info", "darkmachines", "--format", "json") == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["events"]["1"]["test"], found["independent"]["1"]["test"]) == (10_000, 8945)
    assert call("datasets", "info", "darkmachines") == 0
    rows = [re.split(r"\s{2,}", line) for line in capsys.readouterr().out.splitlines()]
    assert ["background test", "10,000", "8,945"] in rows
    assert ["channel 1", "family", "events", "independent"] in rows


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
    assert "say which data set is meant: adbench datasets info NAME, one of darkmachines, " in capsys.readouterr().err
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


def test_luminosity_and_origin_are_shown_in_lines_that_fit(capfd: pytest.CaptureFixture[str]) -> None:
    assert call("datasets", "info", "darkmachines") == 0
    lines = capfd.readouterr().out.splitlines()
    told = [line for line in lines if line.startswith(("  origin", "  luminosity"))]
    assert "  luminosity of channel 2a: 535.8 /fb" in told
    assert "  origin   this plugin's generator, seed 2105" in told
    tables = [line for line in lines if line.startswith(("channel", "background", "signal", "njets"))]
    assert max(map(len, told + tables)) <= 80
    assert call("datasets", "info", "darkmachines", "--format", "json") == 0
    (found,) = json.loads(capfd.readouterr().out)
    assert found["luminosities"]["3"] == 0.04077
    assert found["provenance"][0] == "this plugin's generator, seed 2105"


def test_the_selection_of_each_channel_is_shown_with_its_units(capfd: pytest.CaptureFixture[str]) -> None:
    assert call("datasets", "info", "darkmachines") == 0
    assert "  channel 3: HT >= 600 GeV, MET > 100 GeV\n" in capfd.readouterr().out
