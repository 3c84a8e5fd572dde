"""From a table of figures to an ordered list of entries: who takes part, who counts once, who comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import PluginError, UsageError
from adbench.api.ranking import Ranking, ScoreTable
from adbench.rankings.ranks import final_order

__all__ = ["Ranked", "identical_entries", "rank_entries", "wrong_figure"]


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """Entries in the order of a ranking.

    Attributes:
        ranking: name of the method.
        figure: name of the metric.
        entries: names of the complete entries, best first; inside a tie by name.
        ranks: int64 (n,), 1 = best; entries of equal statistic share the better rank.
        statistics: float64 (n,), the deciding number of each entry.
        incomplete: entries that lack a column, with the share of columns that they have; highest first, then by name.
        folded: entries that are left out because their figures are identical with another's, and that other one.
    """

    ranking: str
    figure: str
    entries: tuple[str, ...]
    ranks: NDArray[np.int64]
    statistics: NDArray[np.float64]
    incomplete: tuple[tuple[str, float], ...] = ()
    folded: Mapping[str, str] = field(default_factory=dict)


def rank_entries(table: ScoreTable, ranking: Ranking, twins: Mapping[str, str] | None = None) -> Ranked:
    """Return the entries in the order of a ranking.

    Only entries with a value in every column are ranked: never on the mean of what they happen to have. A
    column in which nobody has a value is no column.

    Args:
        table: one figure of merit, one column per (channel, signal).
        ranking: the method.
        twins: entries to leave out, each with the entry that stands for it; see `identical_entries`.

    Raises:
        UsageError: the ranking is defined on another figure.
        PluginError: the ranking did not give one number per entry.

    Example:
        >>> from adbench.rankings.mean import MEAN
        >>> table = ScoreTable(("a", "b"), (("1", "x"), ("1", "y")), np.array([[0.5, 0.7], [0.9, 0.7]]))
        >>> rank_entries(table, MEAN).entries
        ('b', 'a')
    """
    if ranking.figure and ranking.figure != table.figure:
        raise wrong_figure(ranking.name, ranking.figure, table.figure)
    folded = {entry: kept for entry, kept in (twins or {}).items() if entry in table.entries}
    table = _filled(table.rows(np.array([entry not in folded for entry in table.entries], bool)))
    coverage = table.coverage
    complete = table.rows(coverage == 1.0)
    missing = sorted((-share, entry) for entry, share in zip(table.entries, coverage, strict=True) if share < 1.0)
    statistic = _statistic(complete, ranking)
    order, ranks = final_order(statistic, complete.entries, ranking.higher_wins(table.higher_is_better))
    return Ranked(
        ranking=ranking.name,
        figure=table.figure,
        entries=tuple(complete.entries[i] for i in order),
        ranks=ranks,
        statistics=statistic[order],
        incomplete=tuple((entry, -share) for share, entry in missing),
        folded=folded,
    )


def wrong_figure(ranking: str, needed: str, given: str) -> UsageError:
    """Return the error of a ranking that is asked about another figure than the one it is defined on."""
    return UsageError(f"ranking '{ranking}' is defined on {needed}, not on {given}; use --metric {needed}")


def identical_entries(tables: Sequence[ScoreTable], published: NDArray[np.bool_]) -> dict[str, str]:
    """Return the published entries whose figures are all identical with another's: name to the name that stays.

    Of a group of identical entries the first by name stays. Results of one's own are never folded: two
    detectors may agree by chance, and both are shown.

    Args:
        tables: all published figures over all columns, with the same entries; in a single figure of one
            channel, rounded values of different models often agree.
        published: bool (n_entries,), which entries are published results.
    """
    entries = tables[0].entries
    if any(table.entries != entries for table in tables) or len(published) != len(entries):
        msg = "identical_entries needs tables with the same entries in the same order, and a mask of that length"
        raise UsageError(msg)
    values = np.concatenate([table.values for table in tables], axis=1) + 0.0
    kept: dict[bytes, str] = {}
    folded = {}
    for i in sorted(np.flatnonzero(published), key=lambda i: entries[i]):
        first = kept.setdefault(np.where(np.isnan(values[i]), np.nan, values[i]).tobytes(), entries[i])
        if first != entries[i]:
            folded[entries[i]] = first
    return folded


def _filled(table: ScoreTable) -> ScoreTable:
    somewhere = np.any(~np.isnan(table.values), axis=0)
    columns = tuple(column for column, filled in zip(table.columns, somewhere, strict=True) if filled)
    return replace(table, columns=columns, values=table.values[:, somewhere])


def _statistic(table: ScoreTable, ranking: Ranking) -> NDArray[np.float64]:
    if not table.entries:
        return np.zeros(0)
    statistic = np.asarray(ranking.statistic(table), np.float64)
    if statistic.shape != (len(table.entries),) or np.any(np.isnan(statistic)):
        what = "NaN" if statistic.shape == (len(table.entries),) else f"an array of shape {statistic.shape}"
        msg = f"ranking '{ranking.name}' gave {what} for {len(table.entries)} entries; it must give one number each"
        raise PluginError(msg)
    return statistic
