"""Each method on a table that one can rank by hand, and what must hold on any table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from adbench.api import PluginError, Ranking, ScoreTable, UsageError
from adbench.rankings.plugin import SIX_RANKINGS, TOTAL_IMPROVEMENTS, adbench_rankings
from adbench.rankings.table import identical_entries, rank_entries

RANKINGS = {spec.name: spec.load() for spec in adbench_rankings()}
RANK_METHODS = ("top_scorer", "top5_scorer", "average_rank")

#          1/x   1/y   2/x   2/z
BY_HAND = {
    "ann": [0.9, 0.2, 0.4, 0.0],
    "bob": [0.7, 0.8, 0.4, 0.0],
    "cyd": [0.7, 0.8, 0.1, 0.0],
    "dan": [0.1, 0.3, 0.3, 0.0],
}
COLUMNS = (("1", "x"), ("1", "y"), ("2", "x"), ("2", "z"))


def table(
    rows: dict[str, list[float]], columns: tuple[tuple[str, str], ...] = COLUMNS, figure: str = "auc"
) -> ScoreTable:
    return ScoreTable(
        tuple(rows), columns, np.array(list(rows.values()), float).reshape(len(rows), len(columns)), figure
    )


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        # bob and cyd share the best 1/y, ann and bob the best 2/x; nobody wins 2/z, where all are zero
        ("top_scorer", [("ann", 1, 2), ("bob", 1, 2), ("cyd", 3, 1), ("dan", 4, 0)]),
        ("top5_scorer", [("ann", 1, 3), ("bob", 1, 3), ("cyd", 1, 3), ("dan", 1, 3)]),
        # ranks: ann 1, 4, 1.5, 2.5; bob 2.5, 1.5, 1.5, 2.5; cyd 2.5, 1.5, 4, 2.5; dan 4, 3, 3, 2.5
        ("average_rank", [("bob", 1, 2.0), ("ann", 2, 2.25), ("cyd", 3, 2.625), ("dan", 4, 3.125)]),
        ("mean", [("bob", 1, 0.475), ("cyd", 2, 0.4), ("ann", 3, 0.375), ("dan", 4, 0.175)]),
        ("median", [("bob", 1, 0.55), ("cyd", 2, 0.4), ("ann", 3, 0.3), ("dan", 4, 0.2)]),
        ("minimum", [("ann", 1, 0), ("bob", 1, 0), ("cyd", 1, 0), ("dan", 1, 0)]),
    ],
)
def test_the_six_by_hand(method: str, expected: list[tuple[str, int, float]]) -> None:
    ranked = rank_entries(table(BY_HAND), RANKINGS[method])
    assert list(zip(ranked.entries, ranked.ranks, strict=True)) == [(entry, rank) for entry, rank, _ in expected]
    assert ranked.statistics == pytest.approx([number for *_, number in expected])


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        # best channels of x, y, z: ann 0.9, 0.2, 0; bob 0.7, 0.8, 0; cyd 0.7, 0.8, 0; dan 0.3, 0.3, 0
        ("ti_min", [0.0, 0.0, 0.0, 0.0]),
        ("ti_median", [0.2, 0.7, 0.7, 0.3]),
        ("ti_max", [0.9, 0.8, 0.8, 0.3]),
    ],
)
def test_total_improvement_by_hand(method: str, expected: list[float]) -> None:
    ranked = rank_entries(table(BY_HAND, figure="max_si"), RANKINGS[method])
    assert dict(zip(ranked.entries, ranked.statistics, strict=True)) == pytest.approx(
        dict(zip(BY_HAND, expected, strict=True))
    )


def test_total_improvement_of_another_figure_is_refused() -> None:
    with pytest.raises(UsageError, match="'ti_min' is defined on max_si, not on auc; use --metric max_si"):
        rank_entries(table(BY_HAND), RANKINGS["ti_min"])


def test_five_places_give_a_point_and_the_sixth_none() -> None:
    rows = {f"e{i}": [1.0 - 0.1 * i] for i in range(7)}
    ranked = rank_entries(table(rows, (("1", "x"),)), RANKINGS["top5_scorer"])
    assert ranked.statistics.tolist() == [1, 1, 1, 1, 1, 0, 0]
    tied = rank_entries(table({**rows, "e5": [0.6]}, (("1", "x"),)), RANKINGS["top5_scorer"])  # e4 and e5 share place 5
    assert tied.statistics.sum() == 6


def test_lower_is_better_turns_every_method_round() -> None:
    values = table(BY_HAND)
    lower = ScoreTable(values.entries, values.columns, -values.values, "loss", higher_is_better=False)
    for method in SIX_RANKINGS:
        turned, straight = (rank_entries(t, RANKINGS[method]) for t in (lower, values))
        assert turned.entries == straight.entries
        assert turned.ranks.tolist() == straight.ranks.tolist()
        sign = -1 if method in ("mean", "median", "minimum") else 1  # a value of the figure is shown as it is
        assert turned.statistics == pytest.approx(sign * straight.statistics)


def test_incomplete_entries_stand_apart() -> None:
    rows = {**BY_HAND, "eve": [1.0, 1.0, 1.0, np.nan], "fay": [np.nan, 1.0, 1.0, np.nan], "gil": [np.nan] * 4}
    for method in SIX_RANKINGS:
        ranked = rank_entries(table(rows), RANKINGS[method])
        alone = rank_entries(table(BY_HAND), RANKINGS[method])
        assert ranked.entries == alone.entries
        assert ranked.statistics.tolist() == alone.statistics.tolist()
        assert ranked.incomplete == (("eve", 0.75), ("fay", 0.5), ("gil", 0.0))


def test_a_column_without_values_is_no_column() -> None:
    rows = {entry: [*values[:3], np.nan] for entry, values in BY_HAND.items()}
    ranked = rank_entries(table(rows), RANKINGS["minimum"])
    assert dict(zip(ranked.entries, ranked.statistics, strict=True)) == {"bob": 0.4, "ann": 0.2, "cyd": 0.1, "dan": 0.1}
    assert ranked.incomplete == ()


@pytest.mark.parametrize("method", SIX_RANKINGS)
def test_nothing_to_rank_is_an_empty_list(method: str) -> None:
    nobody = rank_entries(table({}, ()), RANKINGS[method])
    assert (nobody.entries, nobody.incomplete) == ((), ())
    nothing = rank_entries(table({"a": [np.nan] * 4, "b": [np.nan] * 4}), RANKINGS[method])
    assert (nothing.entries, nothing.incomplete) == ((), (("a", 0.0), ("b", 0.0)))


def test_identical_published_entries_count_once() -> None:
    rows = {
        "zoe": BY_HAND["ann"],
        **BY_HAND,
        "mine": BY_HAND["ann"],
        "yan": [*BY_HAND["dan"][:3], np.nan],
        "xia": [*BY_HAND["dan"][:3], np.nan],
    }
    figures = table(rows)
    published = np.array([entry != "mine" for entry in rows])
    twins = identical_entries([figures], published)
    assert twins == {"zoe": "ann", "yan": "xia"}
    ranked = rank_entries(figures, RANKINGS["average_rank"], twins)
    assert ranked.folded == twins
    assert set(ranked.entries) == {*BY_HAND, "mine"}
    assert ranked.incomplete == (("xia", 0.75),)


def test_entries_are_twins_only_if_all_figures_agree() -> None:
    same = table({"a": [1, 2, 3, 4], "b": [1, 2, 3, 4]})
    other = table({"a": [1, 2, 3, 4], "b": [1, 2, 3, 5]}, figure="max_si")
    both = np.array([True, True])
    assert identical_entries([same], both) == {"b": "a"}
    assert identical_entries([same, other], both) == {}
    with pytest.raises(UsageError, match="same entries"):
        identical_entries([same, table({"a": [1, 2, 3, 4]})], both)


class Broken(Ranking):
    name, label = "broken", "broken"

    def statistic(self, table: ScoreTable) -> np.ndarray:
        return np.full(len(table.entries) - 1, 1.0)


class Undecided(Ranking):
    name, label = "undecided", "undecided"

    def statistic(self, table: ScoreTable) -> np.ndarray:
        return np.full(len(table.entries), np.nan)


@pytest.mark.parametrize(("ranking", "what"), [(Broken(), r"an array of shape \(3,\)"), (Undecided(), "NaN")])
def test_a_ranking_that_breaks_its_contract_is_named(ranking: Ranking, what: str) -> None:
    with pytest.raises(PluginError, match=f"'{ranking.name}' gave {what} for 4 entries"):
        rank_entries(table(BY_HAND), ranking)


@st.composite
def tables(draw: st.DrawFn) -> ScoreTable:
    n, width = draw(st.integers(1, 9)), draw(st.integers(1, 6))
    values = draw(arrays(np.float64, (n, width), elements=st.integers(0, 5).map(lambda x: x / 4)))
    columns = tuple((str(j % 2), f"s{j // 2}") for j in range(width))
    return ScoreTable(tuple(f"e{i}" for i in range(n)), columns, values, "max_si")


methods = st.sampled_from([*SIX_RANKINGS, *TOTAL_IMPROVEMENTS])


@settings(deadline=None)
@given(tables(), methods, st.randoms(use_true_random=False))
def test_order_of_rows_and_columns_changes_nothing(given_table: ScoreTable, method: str, random) -> None:
    i, j = list(range(len(given_table.entries))), list(range(len(given_table.columns)))
    random.shuffle(i)
    random.shuffle(j)
    shuffled = ScoreTable(
        tuple(given_table.entries[k] for k in i),
        tuple(given_table.columns[k] for k in j),
        given_table.values[np.ix_(i, j)],
        "max_si",
    )
    one, other = (rank_entries(t, RANKINGS[method]) for t in (given_table, shuffled))
    assert one.entries == other.entries
    assert one.ranks.tolist() == other.ranks.tolist()
    assert one.statistics.tolist() == other.statistics.tolist()


@settings(deadline=None)
@given(tables(), st.sampled_from(RANK_METHODS), st.data())
def test_rank_methods_see_only_the_order_inside_a_column(
    given_table: ScoreTable, method: str, data: st.DataObject
) -> None:
    j = data.draw(st.integers(0, len(given_table.columns) - 1))
    values = given_table.values.copy()
    values[:, j] = np.expm1(7.0 * values[:, j])  # keeps zero, which has a meaning of its own
    mapped = ScoreTable(given_table.entries, given_table.columns, values, "max_si")
    one, other = (rank_entries(t, RANKINGS[method]) for t in (given_table, mapped))
    assert one.entries == other.entries
    assert one.statistics.tolist() == other.statistics.tolist()


@settings(deadline=None)
@given(tables(), methods)
def test_ranks_follow_the_statistic(given_table: ScoreTable, method: str) -> None:
    ranked = rank_entries(given_table, RANKINGS[method])
    n, sign = len(ranked.entries), 1 if RANKINGS[method].higher_is_better else -1
    assert sorted(ranked.entries) == sorted(given_table.entries)
    for entry, rank, statistic in zip(ranked.entries, ranked.ranks, ranked.statistics, strict=True):
        assert rank == 1 + sum(sign * other > sign * statistic + 1e-9 for other in ranked.statistics)
        tied = [e for e, r in zip(ranked.entries, ranked.ranks, strict=True) if r == rank]
        assert tied == sorted(tied)
        assert 1 <= rank <= n
        assert entry in tied


@settings(deadline=None)
@given(tables(), methods)
def test_an_entry_beaten_everywhere_comes_last_and_moves_nobody(given_table: ScoreTable, method: str) -> None:
    worst = given_table.values.min() - 1.0
    more = ScoreTable(
        (*given_table.entries, "loser"),
        given_table.columns,
        np.vstack([given_table.values, np.full(len(given_table.columns), worst)]),
        "max_si",
    )
    before, after = rank_entries(given_table, RANKINGS[method]), rank_entries(more, RANKINGS[method])
    if method not in ("top_scorer", "top5_scorer"):  # there it may tie with others at no point at all
        assert after.entries == (*before.entries, "loser")
    lost = after.ranks[after.entries.index("loser")]
    assert all(rank <= lost for rank in after.ranks)


@settings(deadline=None)
@given(tables(), methods)
def test_equal_entries_share_their_rank(given_table: ScoreTable, method: str) -> None:
    twice = ScoreTable(
        (*given_table.entries, "twin"),
        given_table.columns,
        np.vstack([given_table.values, given_table.values[:1]]),
        "max_si",
    )
    ranked = rank_entries(twice, RANKINGS[method])
    rank = dict(zip(ranked.entries, ranked.ranks.tolist(), strict=True))
    assert rank["twin"] == rank["e0"]


@settings(deadline=None)
@given(tables(), st.sampled_from(SIX_RANKINGS))
def test_better_in_every_column_is_never_worse(given_table: ScoreTable, method: str) -> None:
    better = ScoreTable(
        (*given_table.entries, "better"),
        given_table.columns,
        np.vstack([given_table.values, given_table.values[0] + 0.25]),
        "max_si",
    )
    ranked = rank_entries(better, RANKINGS[method])
    rank = dict(zip(ranked.entries, ranked.ranks.tolist(), strict=True))
    assert rank["better"] <= rank["e0"]


@settings(deadline=None)
@given(tables())
def test_average_ranks_sum_to_what_there_is_to_share(given_table: ScoreTable) -> None:
    ranked = rank_entries(given_table, RANKINGS["average_rank"])
    n = len(ranked.entries)
    assert ranked.statistics.sum() == pytest.approx(n * (n + 1) / 2)
