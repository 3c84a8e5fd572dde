"""The search on stored scores: what it writes, that it is the same again, and how wrong use is answered."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from adbench.api import AdbenchError, DataError, DatasetInfo, DatasetOptions, MissingError, UnknownNameError, UsageError
from adbench.cli import cli
from adbench.registry import catalogue
from adbench.runs.matching import check_same_events
from adbench.runs.store import ResultsFolder, StoredRun
from adbench.search.events import read_searched
from adbench.search.masses import mass_variable

pytestmark = pytest.mark.usefixtures("toys")


HALVES = """
from dataclasses import replace

from adbench.api import DatasetSpec, hookimpl
from adbench.testing.toys import ToyDataset, toy_events


class Halves(ToyDataset):
    @property
    def info(self):
        return replace(
            super().info, name="halves", channels=("a",), split=self.options.split or "first-second",
            masses=("mass",), edition="tiny",
        )

    def background(self, channel):
        whole = toy_events(4000, 60.0, seed=3)
        return whole[2000:] if self.options.split == "second-first" else whole[:2000]

    def unlabelled(self, channel):
        return None


@hookimpl
def adbench_datasets():
    splits = ("first-second", "second-first")
    return [DatasetSpec(name="halves", target="two_halves:Halves", splits=splits, editions=("tiny",))]
"""


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.fixture
def run(tmp_path: Path) -> StoredRun:
    done = call("run", "--dataset", "toys", "-d", "toy_met", "-c", "a", "--results", tmp_path / "r", "--jobs", 1)
    assert done.exit_code == 0, done.output
    return next(iter(ResultsFolder(tmp_path / "r")))


def search(run: StoredRun, out: Path, *arguments: object) -> Result:
    fixed = (
        "--sample",
        "background",
        "--keep",
        1,
        "--categories",
        "1x2",
        "--toys",
        20,
        "--masses",
        7,
    )
    where = ("--run", run.record.key[:6], "--results", run.folder.parents[3], "--out", out)
    return call("search", *fixed, *where, *arguments)


def test_a_search_writes_what_it_found_and_the_same_again(run, tmp_path):
    done = search(run, tmp_path / "s", "--cuts")
    assert done.exit_code == 0, done.output
    assert "biased" in done.output
    report = json.loads((tmp_path / "s/search.json").read_text())
    assert report["axes"] == "plane"
    assert len(report["masses"]) == 7
    assert sum(one["events"] for one in report["categories"]) <= 400
    assert all(one["minuit"]["valid"] for one in report["categories"])
    largest = max(report["combined"]["fisher"]["z"])
    assert report["best"]["z_fisher"] == largest
    assert report["global"]["p"] >= min(report["combined"]["fisher"]["p"])
    assert {path.name for path in (tmp_path / "s").glob("*.svg")} == {"plane.svg", "p_values.svg", "fits.svg"}
    assert search(run, tmp_path / "again", "--cuts", "--jobs", 2, "--no-figures").exit_code == 0
    assert (tmp_path / "again/search.json").read_bytes() == (tmp_path / "s/search.json").read_bytes()


def test_the_split_of_the_run_is_searched_again(tmp_path):
    file = tmp_path / "two_halves.py"
    file.write_text(HALVES)
    environment = {"ADBENCH_PLUGIN_FILES": ""}
    asked = [
        "--dataset",
        "halves",
        "--split",
        "second-first",
        "-d",
        "toy_met",
        "--results",
        tmp_path / "r",
        "--jobs",
        1,
    ]
    runner = CliRunner(env=environment)
    done = runner.invoke(cli, ["run", "-P", str(file), *map(str, asked)])
    assert done.exit_code == 0, done.output
    (stored,) = ResultsFolder(tmp_path / "r")
    where = ["--run", stored.record.key, "--results", tmp_path / "r", "--out", tmp_path / "out", "--no-figures"]
    fast = ["--keep", 1, "--categories", "1x1", "--toys", 0, "--masses", 3]
    done = runner.invoke(cli, ["search", "-P", str(file), *map(str, [*where, *fast])])
    assert done.exit_code == 0, done.output


def test_a_score_may_select_and_the_box_is_searched_where_there_is_one(run, tmp_path):
    done = search(run, tmp_path / "s", "--by", "noisy", "--sample", "unlabelled", "--no-figures", "--order", "auto")
    assert done.exit_code == 0, done.output
    report = json.loads((tmp_path / "s/search.json").read_text())
    assert (report["axes"], report["boundaries"]) == ("noisy", None)
    assert 1 <= report["settings"]["order"] <= 8
    assert report["events"] == "50 unlabelled events"
    assert not list((tmp_path / "s").glob("*.svg"))


def test_an_injected_signal_is_added_to_the_background(run):
    dataset = catalogue().datasets.get("toys").load()(DatasetOptions())
    found = read_searched(run, dataset, "mass", inject=("bump_1", 30))
    assert (len(found), found.injected.sum()) == (430, 30)
    assert found.masses[:400] == pytest.approx(dataset.background("a").aux["mass"])
    assert found.masses[400:] == pytest.approx(dataset.signal("a", "bump_1").aux["mass"][:30])
    assert found.background[400:] == pytest.approx(dataset.signal("a", "bump_1").feature("met")[:30])


def test_masses_follow_their_rows(run, monkeypatch):
    dataset = catalogue().datasets.get("toys").load()(DatasetOptions())
    background = dataset.background("a")
    monkeypatch.setattr(type(dataset), "background", lambda self, channel: background[np.arange(400)[::-1]])
    found = read_searched(run, dataset, "mass", sample="background")
    assert found.masses == pytest.approx(background.aux["mass"])
    assert found.background == pytest.approx(background.feature("met"))


def test_other_events_than_those_of_the_run_are_refused(run, monkeypatch):
    dataset = catalogue().datasets.get("toys").load()(DatasetOptions())
    background = dataset.background("a")
    monkeypatch.setattr(type(dataset), "background", lambda self, channel: background[:100])
    with pytest.raises(DataError, match="rows of the run"):
        read_searched(run, dataset, "mass", sample="background")
    other = catalogue().datasets.get("toys").load()(DatasetOptions(options={"revision": 2}))
    with pytest.raises(DataError, match="--data"):
        check_same_events(run, other)


def test_only_what_a_data_set_names_as_a_mass_is_searched(run):
    def info(*masses: str) -> DatasetInfo:
        return DatasetInfo("mine", "own", ("a",), {}, masses=masses)

    assert mass_variable(info("m_jj", "m_1")) == "m_jj"
    assert mass_variable(info("m_jj", "m_1"), "m_1") == "m_1"
    with pytest.raises(MissingError, match="mine has no mass variable, so there is nothing to search in"):
        mass_variable(info(), "event_weight")
    dataset = catalogue().datasets.get("toys").load()(DatasetOptions())
    with pytest.raises(DataError, match="background: the events have no m_jj"):
        read_searched(run, dataset, "m_jj", sample="background")


@pytest.mark.parametrize(("background", "order"), [("power-law", 2), ("bernstein", 3)])
def test_each_background_has_its_own_order(run, tmp_path, background, order):
    done = search(run, tmp_path / "s", "--background", background, "--toys", 0, "--no-figures")
    assert done.exit_code == 0, done.output
    settings = json.loads((tmp_path / "s/search.json").read_text())["settings"]
    assert (settings["background"], settings["order"]) == (background, order)


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        (("--mass", "m_jj"), UnknownNameError, "no mass variable of toys 'm_jj'. All: mass"),
        (("--mass", "row"), UnknownNameError, "All: mass"),
        (("--by", "nois"), UnknownNameError, "Did you mean noisy"),
        (("--sample", "signal"), UnknownNameError, "All: background, unlabelled"),
        (("--inject", "bump_3=10"), UnknownNameError, "Did you mean bump_1"),
        (("--inject", "bump_1"), UsageError, "NAME=200"),
        (("--inject", "bump_1=9999"), MissingError, "scores of 500"),
        (("--inject", "bump_1=9", "--sample", "unlabelled"), UsageError, "leave --sample out"),
        (("--categories", "9"), UsageError, "3x3"),
        (("--order", "cubic"), UsageError, "auto"),
        (("--background", "polynomial"), UnknownNameError, "All: bernstein, power-law"),
        (("--keep", "0"), UsageError, "between 0 and 1"),
        (("--width", "0.5"), UsageError, "between 0 and 0.2"),
        (("--range", "1000", "1050"), UsageError, "wider --range"),
        (("--categories", "20x20"), UsageError, "fewer --categories"),
        (("--run", "zzz"), UnknownNameError, "adbench results list"),
    ],
)
def test_wrong_use_is_answered_with_the_fix(run, tmp_path, arguments, error, says):
    done = search(run, tmp_path / "s", *arguments)
    assert isinstance(done.exception, error), done.exception
    assert isinstance(done.exception, AdbenchError)
    assert says in str(done.exception)
    assert not (tmp_path / "s").exists()


def test_a_run_without_scores_is_refused(run, tmp_path, monkeypatch):
    record = run.folder / "record.json"
    record.write_text(record.read_text().replace('"status": "ok"', '"status": "failed"'))
    done = search(run, tmp_path / "s")
    assert isinstance(done.exception, UsageError)
    assert "--rerun failed" in str(done.exception)
