"""The reference results of the repository hold together, and page and README are made of them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from adbench.leaderboard.verifying import verify
from adbench.registry import catalogue
from adbench.runs.plan import make_plan, open_dataset
from adbench.runs.store import ResultsFolder
from adbench.runs.studyfile import read_study

ROOT = Path(__file__).resolve().parent.parent
BOARD = ROOT / "leaderboard"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference_board", ROOT / "studies" / "reference_board.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_keys_hashes_and_figures_hold_together() -> None:
    runs, findings, _ = verify(ResultsFolder(BOARD))
    assert runs
    assert findings == []


def test_every_gap_has_its_reason() -> None:
    assert not [run.folder for run in ResultsFolder(BOARD) if run.record.status != "ok" and not run.record.reason]


@pytest.mark.parametrize("study", sorted((ROOT / "studies").glob("reference*.yaml")), ids=lambda path: path.stem)
def test_every_run_of_the_studies_is_there(study: Path) -> None:
    """By its identity: a detector of a new version, or other events, is missing until it has run."""
    wanted, board = read_study(study), ResultsFolder(BOARD)
    plan = make_plan(wanted, catalogue(), open_dataset(wanted, catalogue()), board)
    assert plan
    assert not [f"{run.entry}, {run.identity.channel}" for run in plan if board.find(run.identity) is None]


def test_nothing_of_the_machine_is_told() -> None:
    for run in ResultsFolder(BOARD):
        assert not {"host", "process", "command"} & set(run.record.environment)
        assert not run.has_scores


def test_page_and_readme_are_made_of_the_results(script: ModuleType) -> None:
    assert script.complete_channels()
    assert script.differences() == []
