"""How the fits of a run went: what the detector reported while it learned, kept as ``training.json``.

A detector may report as often as it likes, so the file is bounded: a curve of more than `MOST_POINTS` steps keeps every
2nd, 4th, 8th ... of them and the last, and says how many were reported. More than `MOST_CURVES` fits are counted only.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from adbench.api.errors import DataError
from adbench.runs.files import write_whole
from adbench.runs.schema import checked

__all__ = ["MOST_CURVES", "MOST_POINTS", "TRAINING", "Curve", "Training", "read_training"]

TRAINING = "training.json"
"""Name of the file in a run's folder."""

MOST_POINTS = 512
MOST_CURVES = 64
_SCHEMA = 1
_MOST_FIGURES = 16  # names per curve; a detector that makes up names as it goes cannot fill the disk
_DIGITS = 8


@dataclass(slots=True)
class Curve:
    """One fit of one network.

    Attributes:
        fold: which of the k-folds' models it is; None without folds.
        total: steps (epochs) that were planned; an early stop reports fewer.
        reported: steps that were reported; more than there are points where the curve was thinned.
        step: the steps of the points, ascending.
        seconds: wall-clock seconds since the start of the detector's fit, for each point.
        figures: numbers by their name (``loss``, ``val``), one for each point; None = not reported, or not finite.
    """

    fold: int | None
    total: int
    reported: int = 0
    step: tuple[int, ...] = ()
    seconds: tuple[float, ...] = ()
    figures: dict[str, tuple[float | None, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Training:
    """What the fits of a run reported, filled while they go on.

    Attributes:
        curves: one for each fit, in their order: a new one begins with each fold, and where the steps begin anew.
        left_out: fits beyond `MOST_CURVES`.
    """

    curves: list[Curve] = field(default_factory=list)
    left_out: int = 0
    _points: list[tuple[int, float, dict[str, float]]] = field(default_factory=list)
    _fold: int | None = None
    _start: float = 0.0
    _every: int = 1
    _open: bool = False
    _last: int = 0

    def begin(self, fold: int | None = None) -> None:
        """Start the clock of a detector's fit."""
        self._close()
        self._fold, self._start = fold, time.perf_counter()

    def note(self, step: int, total: int, figures: Mapping[str, float]) -> None:
        """Keep what was reported of a step; a report without figures is only a sign of life."""
        if not figures:
            return
        if not self._open or step <= self._last:
            self._close()
            self._open, self._every, self._points = True, 1, []
            self.curves.append(Curve(self._fold, total))
        self._last, curve = step, self.curves[-1]
        if self._points and (curve.reported - 1) % self._every:
            self._points.pop()  # the last point stands until the next one comes
        self._points.append((step, time.perf_counter() - self._start, dict(figures)))
        curve.reported += 1
        if len(self._points) > MOST_POINTS:
            self._points, self._every = self._points[::2], 2 * self._every

    def _close(self) -> None:
        """Turn the points of the curve in hand into columns."""
        if not self._open:
            return
        self._open, curve, points = False, self.curves[-1], self._points
        names = list(dict.fromkeys(name for _, _, figures in points for name in figures))[:_MOST_FIGURES]
        curve.step = tuple(step for step, _, _ in points)
        curve.seconds = tuple(round(seconds, 3) for _, seconds, _ in points)
        curve.figures = {name: tuple(_plain(figures.get(name)) for _, _, figures in points) for name in names}
        if len(self.curves) > MOST_CURVES:
            self.curves.pop()
            self.left_out += 1

    def write(self, folder: Path, key: str) -> None:
        """Write the file, whole or not at all; nothing where no fit reported a figure."""
        self._close()
        if self.curves:
            curves = [asdict(curve) for curve in self.curves]
            content = {"schema": _SCHEMA, "key": key, "left_out": self.left_out, "curves": curves}
            write_whole(folder / TRAINING, json.dumps(content, ensure_ascii=False) + "\n")


def read_training(folder: Path) -> tuple[Curve, ...]:
    """Return the training curves of a run's folder; empty where the run has none.

    Raises:
        DataError: the file is damaged or of a newer schema.
    """
    path = folder / TRAINING
    try:
        stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if stored["schema"] > _SCHEMA:
            msg = f"{path}: written by a newer adbench (schema {stored['schema']} > {_SCHEMA}); update adbench"
            raise DataError(msg)
        return tuple(_curve(values) for values in stored["curves"])
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        msg = f"{path}: damaged ({type(error).__name__}: {error}); remove it, the scores do not depend on it"
        raise DataError(msg) from error


def _curve(values: Any) -> Curve:
    figures = {str(name): tuple(column) for name, column in values["figures"].items()}
    curve = Curve(**checked(Curve, {**values, "figures": figures}))
    lengths = {len(curve.seconds), *(len(column) for column in curve.figures.values())}
    if lengths != {len(curve.step)} or len(curve.step) > curve.reported:
        msg = "its columns are not of one length"
        raise ValueError(msg)
    return curve


def _plain(value: float | None) -> float | None:
    """Return a number as JSON has it."""
    return None if value is None or not math.isfinite(value) else float(f"{value:.{_DIGITS}g}")
