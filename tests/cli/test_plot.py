"""Every kind of figure from stored runs of the toys: drawn, the same bytes again, wrong requests in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from adbench.cli import main
from adbench.leaderboard.plots import KINDS

pytestmark = pytest.mark.usefixtures("toys")
Captured = pytest.CaptureFixture[str]

OF_REAL_EVENTS = ("processes", "shapes", "improvement")  # processes, or working points that the toys do not have


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plots")


@pytest.fixture
def results(place: Path) -> Path:
    folder = place / "results"
    if not folder.exists():
        command = ("run", "--dataset", "toys", "-d", "toy_met", "-d", "toy_density", "--channel", "a")
        assert call(*command, "--results", str(folder)) == 0
    return folder


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in OF_REAL_EVENTS])
def test_the_same_results_give_the_same_bytes(kind: str, results: Path, tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.svg" for name in ("one", "two")]
    for path in files:
        assert call("plot", kind, "--results", str(results), "--out", str(path)) == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].read_bytes().startswith(b"<?xml")


def test_what_a_detector_selects_is_drawn_from_the_bundled_sample(tmp_path: Path) -> None:
    results = str(tmp_path / "results")
    assert call("run", "-d", "met", "-d", "ht", "--channel", "2b", "--results", results) == 0
    for kind in OF_REAL_EVENTS:
        path = tmp_path / f"{kind}.png"
        assert call("plot", kind, "--results", results, "--channel", "2b", "--out", str(path)) == 0
        assert path.stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rocc"], "no figure 'rocc'. Did you mean roc?"),
        (["roc", "--out", "x.pdf"], "x.pdf: figures are written as .svg or .png"),
        (["roc", "--entry", "toy_mett"], "Did you mean toy_met"),
        (["roc", "--signal", "shft"], "Did you mean shift?"),
    ],
)
def test_wrong_requests_are_answered_in_one_line(
    arguments: list[str], message: str, results: Path, capsys: Captured
) -> None:
    assert call("plot", *arguments, "--results", str(results)) == 2
    err = capsys.readouterr().err
    assert message in err
    assert "Traceback" not in err


def test_the_kinds_are_listed(capsys: Captured) -> None:
    assert call("plot", "--list") == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(KINDS)
