"""The one-file detector of the examples folder, found and used as an installed plugin would be."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from adbench.api import DetectorError, Events, EventSchema, Kind, ParameterError, Quantity
from adbench.api.params import describe, resolve

FOLDER = Path(__file__).resolve().parents[1] / "examples" / "nearest_neighbour"
SCHEMA = EventSchema((Quantity("pt", "GeV"),), (Kind("j", jet=True),), (Quantity("met", "GeV"),))


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("nearest_neighbour", FOLDER / "nearest_neighbour.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["nearest_neighbour"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["nearest_neighbour"]


def events(n: int, scale: float, seed: int) -> Events:
    rng = np.random.default_rng(seed)
    return Events.build(SCHEMA, rng.exponential(scale, (n, 3, 1)), np.ones((n, 3)), rng.exponential(scale, (n, 1)))


def test_distance_is_the_kth_smallest(example):
    train, test = events(300, 50, 0), events(40, 150, 1)
    detector = example.NearestNeighbour(example.NearestNeighbourParams(neighbours=3))
    detector.fit(train, train[:0], {})
    a, b = train.tabular().astype(float), test.tabular().astype(float)
    spread = np.where(a.std(axis=0) == 0, 1, a.std(axis=0))
    distances = np.sqrt((((b[:, None] - a[None]) / spread) ** 2).sum(axis=2))
    np.testing.assert_allclose(detector.score(test), np.sort(distances, axis=1)[:, 2], rtol=1e-4)
    np.testing.assert_array_equal(
        np.concatenate([detector.score(test[:1]), detector.score(test[1:])]), detector.score(test)
    )
    assert np.median(detector.score(test)) > 2 * np.median(detector.score(events(40, 50, 2)))


def test_parameters_are_documented_and_checked(example):
    assert all(parameter.doc for parameter in describe(example.NearestNeighbourParams))
    with pytest.raises(ParameterError, match="at least 1"):
        resolve(example.NearestNeighbourParams, {"neighbours": 0}, "nearest_neighbour")
    with pytest.raises(DetectorError, match="it got 2"):
        example.NearestNeighbour().fit(events(2, 50, 0), events(2, 50, 0), {})


def test_the_command_line_finds_the_installed_example(tmp_path):
    project = tomllib.loads((FOLDER / "pyproject.toml").read_text())["project"]
    installed = tmp_path / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 0.1.0\n")
    points = "\n".join(f"{name} = {value}" for name, value in project["entry-points"]["adbench"].items())
    (installed / "entry_points.txt").write_text(f"[adbench]\n{points}\n")
    path = os.pathsep.join([str(tmp_path), str(FOLDER), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-c", "from adbench.cli import main; main()", "list", "detectors"],
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "nearest_neighbour" in done.stdout
    assert "distance to the k-th nearest background event" in done.stdout
