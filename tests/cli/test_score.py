"""A trained detector on new events: the numbers of the run, from a file of the data set's own or from a table."""

from __future__ import annotations

import csv
import json
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from adbench.api import DataError, Dataset, DatasetOptions, Events, MissingError, UnknownNameError, UsageError
from adbench.cli import cli
from adbench.registry import catalogue
from adbench.runs.store import ResultsFolder

pyarrow = pytest.importorskip("pyarrow", reason="needs the extra tables: pip install -c constraints.txt -e '.[tables]'")
pytestmark = pytest.mark.usefixtures("toys")


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.fixture
def results(tmp_path: Path) -> Path:
    for detector in ("toy_met", "toy_density"):
        done = call("run", "--dataset", "toys", "-d", detector, "-c", "a", "--results", tmp_path / "r", "--jobs", 1)
        assert done.exit_code == 0, done.output
    return tmp_path / "r"


def key_of(results: Path, detector: str) -> str:
    return next(run.record.key for run in ResultsFolder(results) if run.record.identity.detector == detector)


def table_of_background(path: Path) -> np.ndarray:
    import pyarrow.parquet as parquet

    events = catalogue().datasets.get("toys").load()(DatasetOptions()).background("a")
    columns: dict[str, list[object]] = {q.name: events.feature(q.name).tolist() for q in events.schema.features}
    for q in events.schema.object_features:
        columns[q.name] = [
            row[there].tolist() for row, there in zip(events.object(q.name), events.present, strict=True)
        ]
    names = [kind.name for kind in events.schema.kinds]
    columns["kind"] = [[names[code - 1] for code in row if code] for row in events.kinds]
    parquet.write_table(pyarrow.table(columns), path)
    return events.feature("met")


def test_scores_p_values_and_flags_are_those_of_the_run(results: Path, tmp_path: Path) -> None:
    met = table_of_background(tmp_path / "new.parquet")
    key = key_of(results, "toy_met")
    done = call("score", tmp_path / "new.parquet", "--run", key[:6], "--results", results, "--out", tmp_path / "s.csv")
    assert done.exit_code == 0, done.output
    assert "400 events written" in done.output
    assert "too little background for a threshold at eps_B = 1e-2, 1e-3, 1e-4" in done.output
    rows = list(csv.DictReader((tmp_path / "s.csv").open()))
    (run,) = [run for run in ResultsFolder(results) if run.record.key == key]
    with run.scores() as file:
        background = file.sample("background", "met")
    assert np.allclose([float(row["met"]) for row in rows], background.scores, rtol=1e-6)
    assert [int(row["row"]) for row in rows] == list(range(400))
    rank = (met[:, None] <= met[None, :]).sum(1)
    assert np.allclose([float(row["p_value"]) for row in rows], (1 + rank) / 401, rtol=1e-4)
    assert "noisy" in rows[0]


def test_what_is_missing_is_named(results: Path, tmp_path: Path) -> None:
    out = ("--results", results, "--out", tmp_path / "s.csv")
    key = key_of(results, "toy_met")
    absent = call("score", tmp_path / "absent.csv", "--run", key, *out)
    assert isinstance(absent.exception, MissingError)
    (tmp_path / "x.csv").write_text("1,2\n")
    own = call("score", tmp_path / "x.csv", "--run", key, *out)
    assert isinstance(own.exception, MissingError)
    assert "toys reads no files of its own format" in str(own.exception)
    wrong = call("score", tmp_path / "x.csv", "--run", "ffffff", *out)
    assert isinstance(wrong.exception, UnknownNameError)
    unsaved = call("score", tmp_path / "x.csv", "--run", key_of(results, "toy_density"), *out)
    assert isinstance(unsaved.exception, MissingError)
    assert "left no model" in str(unsaved.exception)
    assert not (tmp_path / "s.csv").exists()


def test_a_run_that_failed_cannot_score(results: Path, tmp_path: Path) -> None:
    (run,) = [run for run in ResultsFolder(results) if run.record.identity.detector == "toy_met"]
    record = json.loads((run.folder / "record.json").read_text())
    (run.folder / "record.json").write_text(json.dumps({**record, "status": "failed", "reason": "nothing"}))
    failed = call("score", tmp_path / "x.csv", "--run", run.record.key, "--results", results, "--out", tmp_path / "s")
    assert isinstance(failed.exception, UsageError)
    assert "--rerun failed" in str(failed.exception)


def test_lines_may_be_left_out_and_that_is_said(results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = catalogue().datasets.specs
    toys = type(known["toys"].open(DatasetOptions()))

    def read(self: Dataset, path: Path, channel: str) -> Events:
        if not self.options.skip_bad_lines:
            msg = f"{path}:2: rubbish"
            raise DataError(msg)
        warnings.warn(f"{path}: 1 of 401 lines are malformed and skipped", UserWarning, stacklevel=2)
        return self.background(channel)

    monkeypatch.setattr(toys, "read", read)
    (tmp_path / "x.csv").write_text("1,2\n")
    asked = ("--run", key_of(results, "toy_met"), "--results", results, "--out", tmp_path / "s.csv")
    assert isinstance(call("score", tmp_path / "x.csv", *asked).exception, DataError)
    refused = call("score", tmp_path / "x.csv", "--skip-bad-lines", *asked).exception
    assert isinstance(refused, UsageError)
    assert "toys reads no --skip-bad-lines" in str(refused)
    monkeypatch.setitem(known, "toys", replace(known["toys"], reads=("skip_bad_lines",)))
    done = call("score", tmp_path / "x.csv", "--skip-bad-lines", *asked)
    assert done.exit_code == 0, done.output
    assert "note: " in done.output
    assert "1 of 401 lines are malformed and skipped" in done.output


def test_why_there_is_no_model_is_said_of_ensembles_and_of_runs_kept_as_figures(results: Path, tmp_path: Path) -> None:
    combined = call("combine", "toy_met", "toy_density", "--rule", "average", "--name", "both", "--results", results)
    assert combined.exit_code == 0, combined.output
    (ensemble,) = [run for run in ResultsFolder(results) if run.record.identity.parents]
    asked = ("--results", results, "--out", tmp_path / "s.csv")
    done = call("score", tmp_path / "x.csv", "--run", ensemble.record.key, *asked)
    assert isinstance(done.exception, UsageError)
    assert "an ensemble combines the scores of other runs" in str(done.exception)
    (run,) = [run for run in ResultsFolder(results) if run.record.identity.detector == "toy_met"]
    (run.folder / "scores.npz").unlink()
    done = call("score", tmp_path / "x.csv", "--run", run.record.key, *asked)
    assert isinstance(done.exception, MissingError)
    assert "kept as figures, without model and scores" in str(done.exception)
