"""The Python interface: the same numbers as the command line, in a few lines; importing the package stays light."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import adbench
from adbench.api import ParameterError, UnknownNameError, UsageError

pytestmark = pytest.mark.usefixtures("toys")


def test_importing_the_package_loads_next_to_nothing() -> None:
    code = "import sys, adbench; print(sorted({'numpy', 'pandas', 'adbench.registry'} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_a_detector_by_hand() -> None:
    data = adbench.dataset("toys")
    made = adbench.detector("toy_met", seed=3, power=2.0).fit(data.train("a"))
    scores = made.score(data.signal("a", "shift"))
    assert scores.shape == (500,)
    assert np.isfinite(scores).all()
    assert set(made.scores(data.background("a"))) == {"met", "noisy"}
    with pytest.raises(UnknownNameError):
        adbench.detector("toy_mett")
    with pytest.raises((ParameterError, UnknownNameError)):
        adbench.detector("toy_met", no_such=1)


def test_runs_and_their_board_as_tables(tmp_path: Path) -> None:
    found = adbench.run(
        ["toy_density", {"toy_met": {"power": 2.0}}, "toy_picky"], dataset="toys", results=tmp_path, seeds="0:2", jobs=1
    )
    assert len(found) == 12
    assert set(found.status) == {"ok", "skipped"}
    assert found[found.status == "skipped"].reason.unique().tolist() == ["made for channel a"]
    again = adbench.run("toy_density", dataset="toys", results=tmp_path, seeds=[0, 1], jobs=1)
    assert again.seconds.tolist() == found[found.entry == "toy_density"].seconds.tolist()
    board = adbench.leaderboard(tmp_path, channels=["a"], metrics=["auc"])
    assert {"rank", "entry", "auc", "auc low", "auc high", "coverage", "seeds"} <= set(board.table.columns)
    assert board.table.entry.tolist()[0] in str(board)
    cells = board.cells
    assert set(cells.metric) >= {"auc"}
    assert ((cells.low <= cells.value) | cells.value.isna()).all()
    assert board.plot(tmp_path / "boxes.svg").read_text().startswith("<?xml")


def test_the_package_of_the_leaderboard_can_be_called(tmp_path: Path) -> None:
    import adbench.leaderboard.board

    adbench.run("toy_met", dataset="toys", results=tmp_path, channels="a", jobs=1)
    assert len(adbench.leaderboard(tmp_path).table) == 1
    with pytest.raises(AttributeError, match="no attribute 'leaderbord'"):
        adbench.leaderbord  # noqa: B018


def test_a_single_name_stands_without_a_list(tmp_path: Path) -> None:
    adbench.run("toy_met", dataset="toys", results=tmp_path, channels="a", jobs=1)
    board = adbench.leaderboard(tmp_path, channels="a", metrics="eps_s@0.1").board
    assert (board.channels, board.metric.name) == (("a",), "eps_s@0.1")


def test_arguments_that_do_not_exist_are_answered_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"adbench.run takes no argument 'channel'\. Did you mean channels\? All: "):
        adbench.run("toy_met", dataset="toys", results=tmp_path, channel="a")
    with pytest.raises(UsageError, match=r"adbench.leaderboard takes no argument 'channel'\. Did you mean channels\?"):
        adbench.leaderboard(tmp_path, channel="a")
    with pytest.raises(UsageError, match=r"adbench.dataset takes no argument 'editon'\. Did you mean edition\?"):
        adbench.dataset("toys", editon="tiny")


@pytest.mark.parametrize("changed", [{"max_events": 0}, {"max_events": -5}, {"max_events": 2.5}, {"jobs": -1}])
def test_numbers_that_count_nothing_are_refused(tmp_path: Path, changed: dict[str, int]) -> None:
    with pytest.raises(UsageError, match=r"is no whole number from 1; leave it out for no limit"):
        adbench.run("toy_met", dataset="toys", results=tmp_path, channels="a", **changed)
    assert not list(tmp_path.rglob("record.json"))
