"""results list, show, remove and published: what they print, and what they answer to a wrong request."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adbench.cli import main
from adbench.runs.store import ResultsFolder

pytestmark = pytest.mark.usefixtures("toys")
Captured = pytest.CaptureFixture[str]


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


@pytest.fixture
def results(tmp_path: Path, capsys: Captured) -> Path:
    folder = tmp_path / "results"
    for channel in ("a", "b"):
        assert call("run", "--dataset", "toys", "-d", "toy_met", "-c", channel, "--results", str(folder)) == 0
    assert call("run", "--dataset", "toys", "-d", "toy_density", "-c", "b", "--results", str(folder)) == 0
    capsys.readouterr()
    return folder


def keys(folder: Path) -> dict[tuple[str, str], str]:
    return {(run.record.entry, run.record.identity.channel): run.record.key for run in ResultsFolder(folder)}


def test_runs_are_listed_and_chosen(results: Path, capsys: Captured) -> None:
    assert call("results", "list", "--results", str(results)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["key", "data", "channel", "entry", "seed", "status", "fit", "started"]
    assert {line.split()[0] for line in lines[1:4]} == set(keys(results).values())
    assert lines[4] == f"3 stored runs of 3 in {results}"
    chosen = ("--channel", "b", "--detector", "toy_met", "--format", "json")
    assert call("results", "list", "--results", str(results), *chosen) == 0
    found = json.loads(capsys.readouterr().out)
    assert [run["key"] for run in found["runs"]] == [keys(results)["toy_met", "b"]]
    assert (found["published"], found["damaged"]) == ([], [])
    assert call("results", "list", "--results", str(results), "--status", "failed") == 0
    assert capsys.readouterr().out == f"0 stored runs of 3 in {results}\n"


def test_what_tells_runs_apart_is_listed(results: Path, capsys: Captured) -> None:
    fixed = ("--dataset", "toys", "-d", "toy_met", "-c", "b", "--results", str(results))
    assert call("run", *fixed, "--max-events", "100") == 0
    assert call("run", *fixed, "--split", "k-folds", "--folds", "3") == 0
    combined = ("combine", "toy_met", "toy_density", "--name", "both", "--rule", "product", "--channel", "b")
    assert call(*combined, "--split", "own", "--results", str(results)) == 0
    path = next(run.folder for run in ResultsFolder(results) if run.record.identity.max_events == 100) / "record.json"
    record = json.loads(path.read_text())
    record["identity"]["fingerprint"] = "0123456789"
    record["environment"]["command"] = "adbench run --data 'my events'"
    path.write_text(json.dumps(record))
    capsys.readouterr()
    assert call("results", "list", "--channel", "b", "--results", str(results)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "differs in" in lines[0]
    told = {line.split("toys tiny")[1][:90].strip() for line in lines[1:6]}
    assert any("split own, first 100 events, events of my events (012345)" in line for line in told)
    assert any("split k-folds(3), events toy-b-" in line for line in told)
    assert any("product of toy_density and toy_met, split own" in line for line in told)


def test_a_damaged_record_is_listed_and_the_others_too(results: Path, capsys: Captured) -> None:
    path = next(run.folder for run in ResultsFolder(results)) / "record.json"
    path.write_text(path.read_text()[:50])
    assert call("results", "list", "--results", str(results)) == 0
    out = capsys.readouterr().out
    assert "2 stored runs of 2" in out
    assert str(path.parent.name) in out


def test_a_run_is_shown_by_the_first_digits_of_its_key(results: Path, capsys: Captured) -> None:
    key = keys(results)["toy_met", "a"]
    assert call("results", "show", key[:8], "--results", str(results)) == 0
    out = capsys.readouterr().out
    assert out.startswith("toy_met, seed 0: ok\n")
    assert key in out
    assert call("results", "show", key, "--results", str(results), "--format", "json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["key"], shown["identity"]["channel"], Path(shown["folder"]).name) == (key, "a", key)


@pytest.mark.parametrize("verb", ["show", "remove"])
def test_a_key_that_is_unknown_or_of_several_runs_is_answered_in_one_line(
    verb: str, results: Path, capsys: Captured
) -> None:
    assert call("results", verb, "zzzz", "--results", str(results)) == 2
    err = capsys.readouterr().err
    assert "no stored run 'zzzz'" in err
    assert "adbench results list" in err
    assert call("results", verb, "", "--results", str(results)) == 2
    err = capsys.readouterr().err
    assert "3 stored runs begin with ''" in err
    assert len(keys(results)) == 3


def test_what_is_removed_is_listed_and_asked_for_first(
    results: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = keys(results)["toy_density", "b"]
    monkeypatch.setattr("click.confirm", _refuse)
    assert call("results", "remove", key[:10], "--results", str(results)) == 0
    out = capsys.readouterr().out
    assert f"{key}  toy_density, channel b, seed 0, ok" in out
    assert out.endswith("nothing was removed\n")
    assert key in keys(results).values()
    assert call("results", "remove", key[:10], "--yes", "--results", str(results)) == 0
    assert sorted(keys(results)) == [("toy_met", "a"), ("toy_met", "b")]
    assert not list(results.rglob(key))
    assert call("results", "remove", key, "--yes", "--results", str(results)) == 2


def _refuse(question: str) -> bool:
    assert "remove 1 from" in question
    return False


def test_removing_needs_something_to_remove(results: Path, capsys: Captured) -> None:
    assert call("results", "remove", "--results", str(results)) == 2
    assert "say what to remove" in capsys.readouterr().err
    assert call("results", "remove", "--status", "failed", "--results", str(results)) == 0
    assert "nothing to remove: no stored run ended as 'failed'" in capsys.readouterr().out
    assert call("results", "remove", "--status", "ok", "--yes", "--results", str(results)) == 0
    assert keys(results) == {}


@pytest.mark.parametrize("verb", ["list", "show 0123", "remove 0123"])
def test_a_folder_without_results_is_named(verb: str, tmp_path: Path, capsys: Captured) -> None:
    code = call("results", *verb.split(), "--results", str(tmp_path / "nothing"))
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    if verb == "list":
        assert (code, captured.out) == (0, f"0 stored runs of 0 in {tmp_path / 'nothing'}\n")
    else:
        assert code == 2
        assert len(captured.err.strip().splitlines()) == 1


def test_tables_of_papers_are_listed_and_printed_with_their_source(capsys: Captured) -> None:
    assert call("results", "published") == 0
    out = capsys.readouterr().out
    assert all(
        name in out for name in ("jawahar-s1", "jawahar-s2", "mikuni-density", "challenge-ti", "challenge-secret")
    )
    assert call("results", "published", "challenge-secret") == 0
    assert "arXiv:2105.14027" in capsys.readouterr().out.splitlines()[0]
    assert call("results", "published", "jawahar") == 2
    assert "adbench results published" in capsys.readouterr().err
