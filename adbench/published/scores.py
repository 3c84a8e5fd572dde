"""Published figures as arrays: small, quickly read, and still in the order of publication."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import UnknownNameError
from adbench.api.ranking import ScoreTable
from adbench.published.source import Source
from adbench.rankings.rows import Rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FIGURES", "NUMBERS", "POINTS", "PublishedScores"]

POINTS = {"eps_s@1e-2": 1e-2, "eps_s@1e-3": 1e-3, "eps_s@1e-4": 1e-4}
NUMBERS = ("auc", *POINTS)
FIGURES = (*NUMBERS, "max_si")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PublishedScores:
    """What one publication says: a row per model, channel and signal.

    Attributes:
        source: where the figures are from.
        models: names, by first appearance.
        families: the family of each model.
        columns: (channel, signal) pairs, by channel and name.
        model: int (n,), index of the model of each row, in the order of publication.
        column: int (n,), index of the (channel, signal) pair of each row.
        values: float64 (n, 4): AUC and the signal efficiency at background efficiencies 1e-2, 1e-3, 1e-4.
        genuine: whether the files read had the content of the pinned commit.
    """

    source: Source
    models: tuple[str, ...]
    families: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    model: NDArray[np.integer]
    column: NDArray[np.integer]
    values: Floats
    genuine: bool = True

    @classmethod
    def of(cls, published: pd.DataFrame, source: Source) -> PublishedScores:
        """Return the figures that `read_published` read."""
        pairs = list(zip(published["channel"], published["signal"], strict=True))
        columns = sorted(set(pairs), key="/".join)
        place = {pair: j for j, pair in enumerate(columns)}
        families = dict(zip(published["model"], published["family"], strict=True))
        number = {model: i for i, model in enumerate(families)}
        return cls(
            source=source,
            models=tuple(families),
            families=tuple(families.values()),
            columns=tuple(columns),
            model=np.array([number[model] for model in published["model"]], np.int16),
            column=np.array([place[pair] for pair in pairs], np.int16),
            values=published[list(NUMBERS)].to_numpy(np.float64),
        )

    def figure(self, name: str, *, measured: bool = False) -> Floats:
        """Return float64 (n_models, n_columns): one figure; NaN where a model has none.

        Args:
            name: one of `FIGURES`; max SI is the largest eps_S / sqrt(eps_B).
            measured: leave out what too little background stands behind: NaN there.

        Raises:
            UnknownNameError: the figure was not published.
        """
        if name not in FIGURES:
            raise UnknownNameError("published figure", name, FIGURES)
        if name == "max_si":
            each = [self.figure(point, measured=measured) / math.sqrt(w) for point, w in POINTS.items()]
            return np.asarray(np.fmax.reduce(each), np.float64)
        table = np.full((len(self.models), len(self.columns)), np.nan)
        table[self.model, self.column] = self.values[:, NUMBERS.index(name)]
        if measured and name in POINTS:
            table[:, ~self.measured(name)] = np.nan
        return table

    def measured(self, name: str) -> NDArray[np.bool_]:
        """Return bool (n_columns,): whether enough background stands behind a figure."""
        points = [POINTS[name]] if name in POINTS else [max(POINTS.values())] if name == "max_si" else []
        return np.array([all(self.source.is_measured(c, w) for w in points) for c, _ in self.columns], bool)

    def table(self, name: str) -> ScoreTable:
        """Return one figure as published, measured or not; raise UnknownNameError."""
        return ScoreTable(self.models, self.columns, self.figure(name), name)

    def rows(self, name: str, columns: Sequence[tuple[str, str]] | None = None, *, complete: bool = False) -> Rows:
        """Return one figure as rows in the order of publication; raise UnknownNameError.

        Args:
            name: one of `FIGURES`.
            columns: the (channel, signal) pairs to keep; None = all.
            complete: keep the models that have all pairs of the publication only.
        """
        everything = self.figure(name)
        values = everything[self.model, self.column]
        kept = np.ones(len(values), bool)
        if columns is not None:
            kept &= np.array([column in columns for column in self.columns], bool)[self.column]
        if complete:
            kept &= ~np.any(np.isnan(everything), axis=1)[self.model]
        model, column = self.model[kept], self.column[kept]
        channels, signals = (np.array(part, dtype=object) for part in zip(*self.columns, strict=True))
        return Rows(np.array(self.models, dtype=object)[model], channels[column], signals[column], values[kept], name)
