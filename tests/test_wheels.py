"""What is built holds what is needed: every file of a package, the templates and bundled samples included."""

from __future__ import annotations

import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECTS = [ROOT, *sorted(path.parent for path in ROOT.glob("*/*/pyproject.toml") if "examples" not in path.parts)]

NEEDED = {
    "adbench-lhc": (
        "adbench/py.typed",
        *(f"adbench/leaderboard/templates/page.{ending}" for ending in ("html", "css", "js")),
        "adbench/published/papers/jawahar-s1.json",
        "adbench/api/errors.py",
    ),
    "adbench-darkmachines": (
        "adbench_darkmachines/sample/manifest.json",
        "adbench_darkmachines/sample/chan1/glgl1400_neutralino1100_chan1.csv.gz",
        "adbench_darkmachines/sample/chan2b/background_chan2b_test.csv.gz",
    ),
}


@pytest.fixture(scope="module", params=PROJECTS, ids=lambda path: "adbench" if path == ROOT else path.name)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a project and the wheel that the backend makes of it, without a network."""
    wheel = pytest.importorskip("hatchling.builders.wheel", reason="the build backend is not installed")
    folder: Path = request.param
    (path,) = wheel.WheelBuilder(str(folder)).build(directory=str(tmp_path_factory.mktemp("wheel")))
    return folder, Path(path)


def test_a_wheel_holds_every_file_of_its_package(built: tuple[Path, Path]) -> None:
    folder, path = built
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    with zipfile.ZipFile(path) as archive:
        sizes = {one.filename: one.file_size for one in archive.infolist()}
        metadata = Parser().parsestr(archive.read(next(name for name in sizes if name.endswith("/METADATA"))).decode())
    base = folder if folder == ROOT else folder / "src"
    package = "adbench" if folder == ROOT else f"adbench_{folder.name}"
    wanted = {
        str(file.relative_to(base)): file.stat().st_size
        for file in (base / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert wanted
    assert {name: sizes.get(name) for name in wanted} == wanted
    assert set(NEEDED.get(project["name"], ())) <= set(sizes)
    assert folder != ROOT or {f"adbench/studies/{file.name}" for file in (ROOT / "studies").glob("*.yaml")} <= set(
        sizes
    )
    assert not [name for name in sizes if name.startswith(("tests/", "docs/")) or name.endswith(".pyc")]
    assert (metadata["Name"], metadata["Version"]) == (project["name"], project["version"])
    if "entry-points" in project:
        assert any(name.endswith("/entry_points.txt") for name in sizes)


def test_what_is_asked_of_a_wheel_is_in_the_repository() -> None:
    names = {tomllib.loads((folder / "pyproject.toml").read_text())["project"]["name"]: folder for folder in PROJECTS}
    for name, files in NEEDED.items():
        base = names[name] if names[name] == ROOT else names[name] / "src"
        assert [file for file in files if not (base / file).is_file()] == []
