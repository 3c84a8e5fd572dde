"""A few real events of every recipe, and an edition from the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from adbench_lhco import Lhco
from adbench_lhco.generator import recipes
from adbench_lhco.generator.recipes import BOX_BACKGROUND, COMMON, MODIFIED, RECIPES
from click.testing import CliRunner

from adbench.api import DatasetOptions
from adbench.generation.production import Task, make_chunk

for package in ("pythia8mc", "fastjet", "awkward"):
    pytest.importorskip(package, reason=f"{package} of the extra [generate] is not installed; run make test-all")


def test_the_boxes_have_other_showers_than_what_detectors_learn_from() -> None:
    for recipe in RECIPES:
        assert all(line in recipe.settings for line in COMMON)
        assert all((line in recipe.settings) == recipe.key.startswith("box_") for line in MODIFIED)


def test_the_same_task_gives_the_same_events(tmp_path: Path) -> None:
    (recipe,) = (replace(recipe, chunk_events=40) for recipe in RECIPES if recipe.key == BOX_BACKGROUND)
    for name in ("a", "b"):
        make_chunk(Task(recipe, 3, 1, tmp_path / name))
    one, other = (np.load(Task(recipe, 3, 1, tmp_path / name).path) for name in ("a", "b"))
    assert len(one["event"]) > 5
    assert all(np.array_equal(one[name], other[name]) for name in one.files)


def test_an_edition_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from adbench.cli import cli

    monkeypatch.setattr(recipes, "RECIPES", tuple(replace(recipe, chunk_events=40) for recipe in RECIPES))
    words = ["datasets", "generate", "lhco", "--out", str(tmp_path / "mine"), "--seed", "5", "--edition", "mine"]
    words += ["--qcd", "20", "--events", "8", "--box", "10", "--hidden", "4"]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    manifest = json.loads((tmp_path / "mine" / "manifest.json").read_text())
    assert manifest["command"] == (
        "adbench datasets generate lhco --out OUT --seed 5 --qcd 20 --events 8 --box 10 --hidden 4 --edition mine"
    )
    lhco = Lhco(DatasetOptions(data=tmp_path / "mine", cache=tmp_path / "cache"))
    parts = [lhco.train("bb1"), lhco.validation("bb1"), lhco.background("bb1")]
    assert sum(map(len, parts)) == 20
    assert [len(lhco.signal("bb1", name)) for name in lhco.info.signals["bb1"]] == [8, 8, 8]
    one, two = lhco.unlabelled("bb1"), lhco.unlabelled("bb2")
    assert one is not None
    assert two is not None
    assert (len(one), len(two), int(lhco.key("bb1").sum())) == (14, 10, 4)
