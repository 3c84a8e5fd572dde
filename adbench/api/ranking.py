"""The contract of a ranking: a table of one figure of merit in, one statistic per entry out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import DataError

__all__ = ["Ranking", "ScoreTable"]


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """One figure of merit of many entries on many (channel, signal) pairs.

    Attributes:
        entries: unique names of the rows.
        columns: (channel, signal) of the columns, unique.
        values: float64 (n_entries, n_columns); NaN = no such cell.
        figure: name of the metric.
        higher_is_better: direction of the metric.
    """

    entries: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    values: NDArray[np.float64]
    figure: str = "auc"
    higher_is_better: bool = True

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.entries), len(self.columns)):
            msg = f"ScoreTable of {len(self.entries)} entries x {len(self.columns)} columns holds {self.values.shape}"
            raise DataError(msg)
        if len(set(self.entries)) != len(self.entries) or len(set(self.columns)) != len(self.columns):
            msg = "ScoreTable repeats an entry or a column"
            raise DataError(msg)

    @property
    def coverage(self) -> NDArray[np.float64]:
        """float64 (n_entries,): share of the columns in which each entry has a value."""
        if not self.columns:
            return np.zeros(len(self.entries))
        return np.asarray(np.mean(~np.isnan(self.values), axis=1), np.float64)

    def rows(self, chosen: NDArray[Any]) -> ScoreTable:
        """Return the table of some entries (mask or indices)."""
        names = tuple(np.array(self.entries, dtype=object)[chosen])
        return replace(self, entries=names, values=self.values[chosen])

    def channel(self, channel: str) -> ScoreTable:
        """Return the columns of one channel."""
        chosen = [i for i, (name, _) in enumerate(self.columns) if name == channel]
        return replace(self, columns=tuple(self.columns[i] for i in chosen), values=self.values[:, chosen])

    def oriented(self) -> NDArray[np.float64]:
        """Return the values with the sign that makes higher better."""
        return self.values if self.higher_is_better else -self.values


class Ranking(ABC):
    """A rule that gives each complete entry one number. The harness alone turns numbers into ranks.

    Attributes:
        name: unique name, such as ``average_rank``.
        label: heading of the number on a table.
        higher_is_better: direction of the statistic; without effect where `of_figure` is set.
        of_figure: the statistic is a value of the figure of merit, such as its mean, and has its unit and direction.
        figure: the metric that the method is defined on; empty = any.
    """

    name: str
    label: str
    higher_is_better: bool = True
    of_figure: bool = False
    figure: str = ""

    def higher_wins(self, higher_figure_is_better: bool) -> bool:
        """Return whether a higher statistic is better, for a figure of merit of some direction."""
        return higher_figure_is_better if self.of_figure else self.higher_is_better

    @abstractmethod
    def statistic(self, table: ScoreTable) -> NDArray[np.float64]:
        """Return float64 (n_entries,): the deciding number of each entry. The table has no missing cells."""
