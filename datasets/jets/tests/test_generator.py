"""A few real jets of every class, and an edition from the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from adbench_jets import Jets
from adbench_jets.generator import recipes
from adbench_jets.generator.edition import divide
from adbench_jets.generator.recipes import COMMON, RECIPES
from adbench_jets.generator.selection import any_jet, top_jet
from click.testing import CliRunner

from adbench.api import DatasetOptions
from adbench.generation import pythia
from adbench.generation.production import Task, make_chunk

for package in ("pythia8mc", "fastjet", "awkward"):
    pytest.importorskip(package, reason=f"{package} of the extra [generate] is not installed; run make test-all")


def test_all_classes_have_the_same_beams_and_underlying_event() -> None:
    for recipe in RECIPES:
        assert all(line in recipe.settings for line in COMMON)
        assert not any("MPI" in line or "Multiparton" in line for line in recipe.settings)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.key)
def test_pythia_takes_the_settings_of_every_class(recipe: recipes.Recipe, tmp_path: Path) -> None:
    task = Task(replace(recipe, chunk_events=30), 0, 1, tmp_path)
    make_chunk(task)
    with np.load(task.path) as found:
        assert found["sigma"] > 0
        assert found["constituents"].shape[1:] == (100, 3)


def test_a_matched_top_jet_is_near_the_top_mass_and_others_are_left_out() -> None:
    settings = next(recipe.settings for recipe in RECIPES if recipe.key == "top")
    (entries,) = pythia.batches(pythia.configure(settings, 1), 60, size=60)
    every, matched = (select(entries, np.random.default_rng(1)) for select in (any_jet, top_jet))
    assert 5 < len(matched["jet_mass"]) < len(every["jet_mass"])
    assert set(matched["jet_pt"].tolist()) < set(every["jet_pt"].tolist())
    assert np.median(matched["jet_mass"]) == pytest.approx(173, abs=12)


def test_jets_of_one_event_are_in_one_part() -> None:
    source = np.repeat(np.arange(1000), 2)
    part = divide(source, np.random.default_rng(1))
    assert np.array_equal(part[::2], part[1::2])
    assert np.bincount(part, minlength=3).tolist() == [1200, 200, 600]


def test_an_edition_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from adbench.cli import cli

    monkeypatch.setattr(recipes, "RECIPES", tuple(replace(recipe, chunk_events=40) for recipe in RECIPES))
    words = ["datasets", "generate", "jets", "--out", str(tmp_path / "mine"), "--seed", "5", "--edition", "mine"]
    words += ["--qcd", "30", "--top", "20", "--zprime", "4", "--semivisible", "0"]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    manifest = json.loads((tmp_path / "mine" / "manifest.json").read_text())
    assert manifest["command"].endswith("--qcd 30 --top 20 --zprime 4 --semivisible 0 --edition mine")
    assert set(manifest["classes"]) == {"qcd", "top", "zprime"}
    jets = Jets(DatasetOptions(data=tmp_path / "mine", cache=tmp_path / "cache"))
    assert sum(len(part) for part in (jets.train("qcd"), jets.validation("qcd"), jets.background("qcd"))) == 30
    assert len(jets.signal("qcd", "zprime")) == 4


def test_no_background_is_refused(tmp_path: Path) -> None:
    from adbench.cli import cli

    done = CliRunner().invoke(
        cli, ["datasets", "generate", "jets", "--qcd", "0", "--top", "0", "--out", str(tmp_path / "x")]
    )
    assert "neither --qcd nor --top" in str(done.exception)
