"""Training curves: what is reported is kept, bounded, and survives a run that goes on from its model."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from adbench.api.errors import DataError
from adbench.leaderboard.exporting import write_reference
from adbench.runs.launch import Outcome
from adbench.runs.store import ResultsFolder
from adbench.runs.study import DetectorChoice
from adbench.runs.training import MOST_CURVES, MOST_POINTS, TRAINING, Training, read_training


def test_a_run_keeps_the_losses_of_its_epochs(tmp_path: Path, go: Callable[..., Outcome]) -> None:
    go(tmp_path, DetectorChoice("toy_met"))
    (run,) = ResultsFolder(tmp_path)
    (curve,) = read_training(run.folder)
    assert (curve.fold, curve.total, curve.reported, curve.step) == (None, 3, 3, (1, 2, 3))
    assert curve.figures == {"loss": (1.0, 0.5, 0.33333333)}
    assert list(curve.seconds) == sorted(curve.seconds)
    assert json.loads((run.folder / TRAINING).read_text())["key"] == run.record.key
    (folder,) = write_reference([run], tmp_path / "reference")
    assert read_training(folder) == (curve,)


def test_a_detector_that_reports_nothing_has_no_file(tmp_path: Path, go: Callable[..., Outcome]) -> None:
    go(tmp_path, DetectorChoice("toy_density"))
    (run,) = ResultsFolder(tmp_path)
    assert not (run.folder / TRAINING).exists()
    assert read_training(run.folder) == ()


@pytest.mark.parametrize("steps", [1, MOST_POINTS, MOST_POINTS + 1, 10_000, 10_001])
def test_a_long_curve_is_thinned_evenly_and_keeps_its_ends(tmp_path: Path, steps: int) -> None:
    training = Training()
    training.begin()
    for step in range(1, steps + 1):
        training.note(step, steps, {"loss": 1.0 / step})
    training.write(tmp_path, "key")
    (curve,) = read_training(tmp_path)
    assert curve.reported == steps
    assert (curve.step[0], curve.step[-1]) == (1, steps)
    assert min(steps, MOST_POINTS // 2) <= len(curve.step) <= MOST_POINTS + 1
    assert len({b - a for a, b in zip(curve.step[:-2], curve.step[1:-1], strict=True)}) <= 1


def test_folds_and_new_fits_begin_new_curves_and_a_flood_of_them_is_counted(tmp_path: Path) -> None:
    training = Training()
    for fold in range(2):
        training.begin(fold)
        for step in (1, 2, 1, 2):
            training.note(step, 2, {"loss": 1.0, **({"val": float("nan")} if step == 2 else {})})
    training.write(tmp_path, "key")
    assert [curve.fold for curve in read_training(tmp_path)] == [0, 0, 1, 1]
    assert read_training(tmp_path)[0].figures == {"loss": (1.0, 1.0), "val": (None, None)}
    for _ in range(MOST_CURVES):
        training.note(1, 1, {"loss": 1.0})
    training.write(tmp_path, "key")
    assert len(read_training(tmp_path)) == MOST_CURVES
    assert json.loads((tmp_path / TRAINING).read_text())["left_out"] == 4


@pytest.mark.parametrize(
    "text", ["{", '{"schema": 9}', '{"schema": 1, "curves": [{"figures": {}}]}', '{"schema": 1, "curves": 3}', "[]"]
)
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / TRAINING).write_text(text)
    with pytest.raises(DataError, match=TRAINING):
        read_training(tmp_path)
