"""combine, results verify, results merge and results export-reference on real runs of the toys."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from adbench.cli import main
from adbench.registry import catalogue
from adbench.runs.store import ResultsFolder

pytestmark = pytest.mark.usefixtures("toys")
Captured = pytest.CaptureFixture[str]


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "results"
    command = ("run", "--dataset", "toys", "-d", "toy_met", "-d", "toy_density", "--channel", "b")
    assert call(*command, "--results", str(folder)) == 0
    return folder


def combined(folder: Path, *more: str) -> int:
    return call("combine", "--name", "both", "--rule", "and", "toy_met", "toy_density", "--results", str(folder), *more)


def test_a_combination_is_an_entry_with_its_parents(results: Path, capsys: Captured) -> None:
    assert combined(results) == 0
    (run,) = [run for run in ResultsFolder(results) if run.record.entry == "both"]
    with run.scores() as scores:
        sample = scores.sample("background", run.record.scores[0])
        assert np.isfinite(sample.scores).all()
        assert len(sample.scores) == 400
    before = (run.folder / "scores.npz").read_bytes()
    assert combined(results) == 0
    (again,) = [run for run in ResultsFolder(results) if run.record.entry == "both"]
    assert (again.record.key, (again.folder / "scores.npz").read_bytes()) == (run.record.key, before)
    capsys.readouterr()
    assert call("leaderboard", "--results", str(results)) == 0
    assert "and of toy_density and toy_met" in " ".join(capsys.readouterr().out.split())


def test_a_name_stands_for_one_rule_and_its_parents(results: Path, capsys: Captured) -> None:
    assert combined(results) == 0
    assert combined(results) == 0
    other = ("combine", "--name", "both", "--rule", "product", "toy_met", "toy_density", "--results", str(results))
    assert call(*other) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "'both' is the and of toy_density and toy_met in these results; choose another --name" in said
    (key,) = re.findall(r"adbench results remove (\w+)", said)
    assert call("results", "remove", key, "--yes", "--results", str(results)) == 0
    assert call(*other) == 0


def test_ranks_of_reference_results_have_intervals_of_signals_and_seeds(
    results: Path, tmp_path: Path, capsys: Captured
) -> None:
    assert call("results", "export-reference", "--results", str(results), "--out", str(tmp_path / "out")) == 0
    capsys.readouterr()
    assert call("leaderboard", "--results", str(tmp_path / "out"), "--statistics") == 0
    said = " ".join("".join(capsys.readouterr()).split())
    assert "without stored scores, as reference results are, events are not drawn again: toy_" in said
    assert "published entries" not in said


def test_a_parent_may_be_the_first_digits_of_its_key(results: Path, capsys: Captured) -> None:
    keys = {run.record.entry: run.record.key for run in ResultsFolder(results)}
    command = ("combine", "--name", "both", "--results", str(results))
    assert call(*command, keys["toy_met"][:6], keys["toy_density"]) == 0
    (run,) = [run for run in ResultsFolder(results) if run.record.entry == "both"]
    assert run.record.identity.params["parents"] == sorted(keys.values())
    capsys.readouterr()
    assert call(*command, keys["toy_met"][:6], keys["toy_met"]) == 2
    assert "are the same run and score; name each once" in capsys.readouterr().err
    assert call(*command, keys["toy_met"][:3], "toy_density") == 2
    assert call("run", "--dataset", "toys", "-d", "toy_met", "-c", "b", "--results", str(results)) == 0
    capsys.readouterr()
    assert call(*command, "toy_met", keys["toy_met"]) == 2  # an entry of two runs, and one of these
    assert "toy_met and " in (said := capsys.readouterr().err)
    assert "are the same run and score; name each once" in said


def test_what_cannot_be_combined_is_named(results: Path, capsys: Captured) -> None:
    assert call("combine", "--name", "x", "--rule", "and", "toy_met", "toy_mett", "--results", str(results)) == 2
    assert "Did you mean toy_met" in capsys.readouterr().err


def test_reference_results_are_not_combined(results: Path, tmp_path: Path, capsys: Captured) -> None:
    folder = tmp_path / "reference"
    assert call("results", "export-reference", "--results", str(results), "--out", str(folder)) == 0
    assert combined(folder) == 3
    assert "toy_met has no scores in channel" in " ".join(capsys.readouterr().err.split())


def test_k_folds_are_not_combined_by_quantiles_of_test_background(tmp_path: Path, capsys: Captured) -> None:
    folder = tmp_path / "results"
    command = ("run", "--dataset", "toys", "-d", "toy_met", "-d", "toy_density", "--channel", "b")
    assert call(*command, "--split", "k-folds", "--folds", "2", "--results", str(folder)) == 0
    assert combined(folder) == 2
    assert "quantiles among test background" in " ".join(capsys.readouterr().err.split())
    assert not [run for run in ResultsFolder(folder) if run.record.entry == "both"]


@pytest.mark.parametrize(
    "option", [("--supervision", "supervised"), ("--max-events", "5"), ("--data", "."), ("--split", "k-folds")]
)
def test_choices_among_runs_are_refused_where_none_are_shown(
    results: Path, capsys: Captured, option: tuple[str, ...]
) -> None:
    assert call("leaderboard", "--published", "only", *option, "--results", str(results)) == 2
    assert f"{option[0]} chooses among your runs" in " ".join(capsys.readouterr().err.split())


def test_verify_finds_a_changed_score_and_a_changed_record(results: Path, capsys: Captured) -> None:
    assert call("results", "verify", str(results)) == 0
    path = next(results.rglob("scores.npz"))
    whole = path.read_bytes()
    path.write_bytes(whole[:-40] + bytes(40))
    assert call("results", "verify", str(results)) == 4
    path.write_bytes(whole)
    record = path.with_name("record.json")
    changed = json.loads(record.read_text())
    changed["identity"]["seed"] = 7
    record.write_text(json.dumps(changed))
    assert call("results", "verify", str(results)) == 4
    assert record.parent.name in capsys.readouterr().out


@pytest.mark.parametrize(
    ("metric", "figure", "possible"),
    [
        ("auc", [1.2, 1.1, 1.3], False),
        ("auc", [0.5, 0.6, 0.7], False),  # outside its own interval
        ("max_si", [1.2, 1.1, 1.3], True),
        ("max_si", [-0.1, -0.2, 0.3], False),
        ("information_gain", [-1.2, -1.3, -1.1], True),  # of a plugin that is not here: it may have any value
    ],
)
def test_a_figure_outside_the_limits_of_its_metric_is_found(
    results: Path, tmp_path: Path, metric: str, figure: list[float], possible: bool, capsys: Captured
) -> None:
    assert call("results", "export-reference", "--results", str(results), "--out", str(tmp_path / "out")) == 0
    path = next((tmp_path / "out").rglob("metrics.json"))
    stored = json.loads(path.read_text())
    example = next(key for key in stored["estimates"] if key.split("|")[3] == "max_si")
    key = "|".join([*example.split("|")[:3], metric, "9"])
    stored["estimates"][key] = [*figure, "", True]
    path.write_text(json.dumps(stored))
    capsys.readouterr()
    assert call("results", "verify", str(tmp_path / "out")) == (0 if possible else 4)
    assert (f"impossible figure {key}" in capsys.readouterr().out) is not possible


def test_verify_counts_runs_with_neither_scores_nor_figures_apart(
    results: Path, tmp_path: Path, capsys: Captured
) -> None:
    next(results.rglob("scores.npz")).unlink()
    call("results", "verify", str(results))
    said = (
        "2 runs checked: 1 with scores, 0 with figures only, 1 with neither (run again, or remove), 0 without a result"
    )
    assert said in " ".join(capsys.readouterr().out.split())


def test_reference_results_verify_without_scores_and_are_byte_stable(results: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert call("results", "export-reference", "--results", str(results), "--out", str(tmp_path / name)) == 0
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert files
    assert not [path for path in files if path.suffix == ".npz"]
    assert all((tmp_path / "one" / p).read_bytes() == (tmp_path / "two" / p).read_bytes() for p in files)
    assert call("results", "verify", str(tmp_path / "one")) == 0
    figures = next((tmp_path / "one").rglob("metrics.json"))
    figures.write_text(figures.read_text()[:-30])
    assert call("results", "verify", str(tmp_path / "one")) == 4


def test_reference_results_keep_the_curves_of_their_scores(results: Path, tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "reference"
    assert call("results", "export-reference", "--results", str(results), "--out", str(out)) == 0
    for folder in (results, out):
        assert call("leaderboard", "--results", str(folder), "--html", str(tmp_path / folder.name)) == 0
    pages = [(tmp_path / folder.name / "index.html").read_text() for folder in (results, out)]
    drawn = [re.findall(r'"curves":\s*({[^}]+})', page) for page in pages]
    assert drawn[0]
    assert drawn[0] == drawn[1]
    file = next(out.rglob("curves.json"))
    assert call("results", "verify", str(out), "--scores", str(results)) == 0
    capsys.readouterr()
    stored = json.loads(file.read_text())
    file.write_text(json.dumps({**stored, "smallest": stored["smallest"] / 2}))
    assert call("results", "verify", str(out), "--scores", str(results)) == 4
    assert "of background, the scores say" in capsys.readouterr().out
    file.write_text("{")
    assert call("leaderboard", "--results", str(out), "--html", str(tmp_path / "damaged")) == 0
    key, curve = next(iter(stored["curves"].items()))
    stored["curves"][key] = [*curve[:20], curve[20] + 100, *curve[21:]]
    file.write_text(json.dumps(stored))
    assert call("results", "verify", str(out)) == 4
    assert f"{file}: " in capsys.readouterr().out
    file.unlink()
    assert call("results", "verify", str(out)) == 0


def change(file: Path, **fields: object) -> str:
    """Change fields of a JSON file; return its text before."""
    before = file.read_text()
    file.write_text(json.dumps(json.loads(before) | fields))
    return before


def test_an_area_that_its_curve_does_not_allow_is_found(results: Path, tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "reference"
    assert call("results", "export-reference", "--results", str(results), "--out", str(out)) == 0
    file = next(out.rglob("metrics.json"))
    stored = json.loads(file.read_text())["estimates"]
    key = next(key for key in stored if "|auc|" in key)
    value = stored[key][0]
    for area, possible in ((value, True), (value + 0.2, False), (value - 0.2, False)):
        figure = [area, area - 0.001, area + 0.001, "", True]
        change(file, estimates=stored | {key: figure})
        capsys.readouterr()
        assert call("results", "verify", str(out)) == (0 if possible else 4)
        assert ("allows an AUC of 0." in capsys.readouterr().out) is not possible


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"supervision": "supervised"}, "supervised, but detector toy_met is unsupervised"),
        ({"entry": "toy_density"}, "entry 'toy_density' is not named after its detector toy_met"),
        ({"entry": "toy_met[x=1]"}, ""),
    ],
)
def test_a_name_or_a_class_of_another_detector_is_found_and_ends_no_board(
    results: Path, capsys: Captured, fields: dict[str, str], said: str
) -> None:
    change(next(results.rglob("toy_met/*/record.json")), **fields)
    capsys.readouterr()
    assert call("results", "verify", str(results)) == (4 if said else 0)
    assert said in capsys.readouterr().out
    assert call("leaderboard", "--results", str(results)) == 0


def test_an_entry_of_a_detector_that_is_not_here_may_be_in_any_class(
    results: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(next(results.rglob("toy_met/*/record.json")), supervision="supervised")
    monkeypatch.delitem(catalogue().detectors.specs, "toy_met")
    assert call("results", "verify", str(results)) == 0


def test_only_the_runs_with_scores_are_compared_with_them(results: Path, tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "reference"
    assert call("results", "export-reference", "--results", str(results), "--out", str(out)) == 0
    (gone,) = results.rglob("toy_density")
    shutil.rmtree(gone)
    capsys.readouterr()
    assert call("results", "verify", str(out), "--scores", str(results)) == 0
    assert "1 run compared with scores in " in capsys.readouterr().out
    file = next(out.rglob("toy_met/*/metrics.json"))
    stored = json.loads(file.read_text())["estimates"]
    key = min(stored)
    before = change(file, estimates=stored | {key: [0.5, 0.4, 0.6, "", True]})
    assert call("results", "verify", str(out), "--scores", str(results)) == 4
    assert f"1 figures are not those of the scores, such as {key}" in capsys.readouterr().out
    file.write_text(before)
    (gone,) = results.rglob("toy_met")
    shutil.rmtree(gone)
    assert call("results", "verify", str(out), "--scores", str(results)) == 4
    assert f"{results}: scores of none of these runs" in capsys.readouterr().out


def test_trials_and_contaminated_runs_are_exported_when_asked_for(
    results: Path, tmp_path: Path, capsys: Captured
) -> None:
    command = ("run", "--dataset", "toys", "-d", "toy_met", "--channel", "b", "--results", str(results))
    assert call(*command, "--max-events", "50") == 0
    assert call(*command, "--contamination", "0.01") == 0
    capsys.readouterr()
    for options, number in (
        ((), 2),
        (("--limited",), 3),
        (("--contaminated",), 3),
        (("--limited", "--contaminated"), 4),
    ):
        out = tmp_path / "-".join(["out", *options])
        assert call("results", "export-reference", "--results", str(results), "--out", str(out), *options) == 0
        said = capsys.readouterr()
        assert len(list(out.rglob("record.json"))) == number
        assert f"{number} runs written to" in said.out
        limited = "left out: 1 run on a limited number of events; --limited writes them too"
        mixed = "left out: 1 run with signal in the training background; --contaminated writes them too"
        assert (limited in said.err) is ("--limited" not in options)
        assert (mixed in said.err) is ("--contaminated" not in options)
    for record in list(results.rglob("record.json")):
        if json.loads(record.read_text())["identity"]["max_events"] is None:
            shutil.rmtree(record.parent)
    assert call("results", "export-reference", "--results", str(results), "--out", str(tmp_path / "none")) == 3
    assert not (tmp_path / "none").exists()


def test_a_folder_that_is_not_there_holds_no_results(tmp_path: Path, capsys: Captured) -> None:
    assert call("results", "verify", str(tmp_path / "nothing")) == 3
    assert "no results in" in capsys.readouterr().err


def test_merged_results_are_the_union(results: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(results, other)
    (gone,) = other.rglob("toy_met")
    shutil.rmtree(gone)
    (lost,) = results.rglob("toy_density")
    shutil.rmtree(lost)
    assert call("results", "merge", str(results), str(other), "--into", str(tmp_path / "all")) == 0
    assert {run.record.identity.detector for run in ResultsFolder(tmp_path / "all")} == {"toy_met", "toy_density"}
