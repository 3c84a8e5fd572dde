"""Entries of a board and what they consist of: cells, gaps, standings."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

__all__ = ["Cell", "Column", "Entry", "Gap", "Standing", "standard_deviation"]

Column = tuple[str, str]
"""A channel and a signal of it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one entry on one signal.

    Attributes:
        value: the mean over seeds; NaN where there is none.
        low: lower end of the 68 % interval.
        high: upper end of the 68 % interval.
        note: why the figure is special, or why there is none.
        measured: False where too few background events stand behind it.
        by_seed: the value of each seed.
    """

    value: float
    low: float
    high: float
    note: str = ""
    measured: bool = True
    by_seed: Mapping[int, float] = field(default_factory=dict)

    @property
    def seeds(self) -> int:
        """Number of seeds behind the value."""
        return len(self.by_seed)

    @property
    def spread(self) -> float:
        """Standard deviation over seeds; NaN for fewer than two."""
        return standard_deviation(self.by_seed.values())


@dataclass(frozen=True, slots=True)
class Gap:
    """Runs of an entry that gave no scores.

    Attributes:
        channel: the channel.
        seeds: the seeds; empty where nothing was ever run.
        reason: status and reason of the stored runs, or ``not run``.
    """

    channel: str
    seeds: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an entry stands by one metric.

    Attributes:
        value: the ranking's statistic; NaN where the entry is not ranked.
        rank: its rank; None where it is not ranked.
        low: lower end of its interval, when the intervals of all the entry's cells fluctuate together.
        high: upper end of it.
        spread: standard deviation of the statistic over seeds; NaN for fewer than two.
    """

    value: float = math.nan
    rank: int | None = None
    low: float = math.nan
    high: float = math.nan
    spread: float = math.nan


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a board.

    Attributes:
        name: name on the board.
        detector: name of the detector.
        score: name of the score.
        source: ``run`` for stored runs of ours, ``published`` for figures of a publication.
        supervision: its class.
        cells: the cell of each column, by name of the metric.
        gaps: runs without scores, and why.
        keys: keys of the runs with scores.
        seeds: seeds of the runs with scores.
        fit_seconds: mean time of a fit; NaN where it is not known.
        coverage: share of the board's columns in which it has scores.
        standings: where it stands, by name of the metric.
        family: the family of a published entry; the detector's name otherwise.
        citation: whom to cite for a published entry.
        flags: what is odd about its figures, in sentences.
        twin_of: the entry with the same figures that is ranked for both; empty = none.
    """

    name: str
    detector: str
    score: str
    source: str
    supervision: str
    cells: Mapping[Column, Mapping[str, Cell]]
    gaps: tuple[Gap, ...] = ()
    keys: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    fit_seconds: float = math.nan
    coverage: float = 0.0
    standings: Mapping[str, Standing] = field(default_factory=dict)
    family: str = ""
    citation: str = ""
    flags: tuple[str, ...] = ()
    twin_of: str = ""


def standard_deviation(values: Iterable[float]) -> float:
    """Return the unbiased standard deviation; NaN for fewer than two values."""
    array = np.array(list(values))
    return float(np.std(array, ddof=1)) if len(array) > 1 else math.nan
