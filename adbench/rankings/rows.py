"""Figures as a list, one row per entry and (channel, signal), in the order in which they were published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import DataError
from adbench.api.ranking import ScoreTable

__all__ = ["Rows"]

Names = NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """One figure of merit in rows. Unlike a ScoreTable it knows an order of entries for every column.

    Attributes:
        entries: object (n,), name of the entry of each row.
        channels: object (n,).
        signals: object (n,).
        values: float64 (n,), no NaN.
        figure: name of the metric.
    """

    entries: Names
    channels: Names
    signals: Names
    values: NDArray[np.float64]
    figure: str

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, chosen: NDArray[np.bool_]) -> Rows:
        """Return the rows that a mask chooses."""
        return Rows(self.entries[chosen], self.channels[chosen], self.signals[chosen], self.values[chosen], self.figure)

    @classmethod
    def of(cls, table: ScoreTable) -> Rows:
        """Return the cells of a table that have a value, entry by entry."""
        i, j = np.nonzero(~np.isnan(table.values))
        entries = np.array(table.entries, dtype=object)
        channels = np.array([channel for channel, _ in table.columns], dtype=object)
        signals = np.array([signal for _, signal in table.columns], dtype=object)
        return cls(entries[i], channels[j], signals[j], table.values[i, j], table.figure)

    @classmethod
    def concatenate(cls, parts: Sequence[Rows]) -> Rows:
        """Return the rows of all parts, in order."""
        return cls(
            np.concatenate([part.entries for part in parts]),
            np.concatenate([part.channels for part in parts]),
            np.concatenate([part.signals for part in parts]),
            np.concatenate([part.values for part in parts]),
            parts[0].figure,
        )

    def table(self) -> ScoreTable:
        """Return the figures as a table: entries by first appearance, columns by channel and signal, NaN = no row.

        Raises:
            DataError: an entry has two values for one signal of a channel.
        """
        entries, i = _by_first_appearance(self.entries)
        columns, j = _by_name(self.channels, self.signals)
        cells = np.bincount(i * len(columns) + j)
        if len(self) and cells.max() > 1:
            entry, column = divmod(int(cells.argmax()), len(columns))
            channel, signal = columns[column]
            msg = (
                f"entry '{entries[entry]}' has {cells.max()} values of {self.figure} for {signal} in channel {channel}"
            )
            raise DataError(msg)
        values = np.full((len(entries), len(columns)), np.nan)
        values[i, j] = self.values
        return ScoreTable(tuple(entries), tuple(columns), values, self.figure)


def _by_first_appearance(names: Names) -> tuple[list[str], NDArray[np.intp]]:
    place: dict[str, int] = {}
    numbers = np.array([place.setdefault(name, len(place)) for name in names], np.intp)
    return list(place), numbers


def _by_name(channels: Names, signals: Names) -> tuple[list[tuple[str, str]], NDArray[np.intp]]:
    pairs = list(zip(channels, signals, strict=True))
    columns = sorted(set(pairs), key="/".join)
    place = {pair: j for j, pair in enumerate(columns)}
    return columns, np.array([place[pair] for pair in pairs], np.intp)
