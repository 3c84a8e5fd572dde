from __future__ import annotations

import numpy as np
import pytest
from adbench_darkmachines.card import CHANNEL_CARDS, SCHEMA
from adbench_darkmachines.partition import fold_part, split_part
from adbench_darkmachines.splits import JAWAHAR_COUNTS, SPLITS, check_split, divide
from hypothesis import given
from hypothesis import strategies as st

from adbench.api import DataError, Events, UnknownNameError

PARTS = ("train", "validation", "test")


def background(rows: list[int], sources: list[int] | None = None) -> Events:
    row = np.array(rows, np.int64)
    source = row if sources is None else np.array(sources, np.int64)
    n = len(row)
    empty = np.zeros((n, 18), np.int8)
    return Events.build(SCHEMA, np.zeros((n, 18, 4)), empty, np.zeros((n, 2)), aux={"row": row, "source": source})


def test_tenths_in_file_order() -> None:
    parts = divide("80-10-10", "1", 1000)
    assert (parts.train, parts.validation, parts.test) == (range(800), range(800, 900), range(900, 1000))


def test_first_tenth_tests_in_2205_01697() -> None:
    parts = divide("arxiv-2205.01697", "1", 214_185)
    assert (parts.test, parts.validation) == (range(21_418), range(21_418, 42_837))
    assert parts.train == range(42_837, 214_185)


@pytest.mark.parametrize("channel", list(JAWAHAR_COUNTS))
def test_published_counts_of_2110_08508(channel: str) -> None:
    n = CHANNEL_CARDS[channel].background
    parts = divide("arxiv-2110.08508", channel, n)
    assert (len(parts.train), len(parts.validation), len(parts.test)) == JAWAHAR_COUNTS[channel]
    assert parts.test.stop <= n
    with pytest.raises(DataError, match=rf"channel {channel} needs {parts.test.stop:,} background events .* has 1,000"):
        divide("arxiv-2110.08508", channel, 1000)


@given(st.sampled_from(["80-10-10", "arxiv-2205.01697"]), st.integers(10, 10_000_000))
def test_parts_are_disjoint_and_complete(name: str, n: int) -> None:
    parts = divide(name, "3", n)
    ordered = sorted((parts.train, parts.validation, parts.test), key=lambda part: part.start)
    assert [part.start for part in ordered] == [0, ordered[0].stop, ordered[1].stop]
    assert ordered[2].stop == n
    assert len(parts.train) >= 0.8 * n - 1


def test_too_few_events() -> None:
    with pytest.raises(DataError, match=r"4 background events of channel 1 are too few for split 80-10-10"):
        divide("80-10-10", "1", 4)


def test_unknown_split() -> None:
    assert [check_split(name) for name in SPLITS] == list(SPLITS)
    assert all(meaning and "\n" not in meaning for meaning in SPLITS.values())
    with pytest.raises(UnknownNameError, match=r"no split of darkmachines 'kfolds'. Did you mean k-folds?"):
        check_split("kfolds")


def test_an_event_is_in_the_same_part_with_and_without_cuts() -> None:
    whole, cut = background(list(range(1, 101))), background([r for r in range(1, 101) if r % 7])
    for part in PARTS:
        all_rows = split_part(whole, 100, False, "80-10-10", "1", part).aux["row"]
        cut_rows = split_part(cut, 100, False, "80-10-10", "1", part).aux["row"]
        assert cut_rows.tolist() == [r for r in all_rows.tolist() if r % 7]


def test_side_by_side_events_are_a_view() -> None:
    whole = background(list(range(1, 101)))
    train = split_part(whole, 100, False, "80-10-10", "1", "train")
    assert len(train) == 80
    assert train.objects.base is whole.objects


@given(st.lists(st.integers(0, 12), min_size=40, max_size=120), st.sampled_from(["80-10-10", "k-folds"]))
def test_copies_of_one_source_are_never_on_both_sides(sources: list[int], split: str) -> None:
    sources = [*range(100, 120), *sources]
    events = background(list(range(1, len(sources) + 1)), sources)
    n = len(events)
    if split == "k-folds":
        groups = [[fold_part(events, n, True, fold, 3, part) for part in PARTS] for fold in range(3)]
    else:
        groups = [[split_part(events, n, True, split, "1", part) for part in PARTS]]
    for parts in groups:
        assert sum(len(part) for part in parts) == n
        seen = [set(part.aux["source"].tolist()) for part in parts]
        assert sum(map(len, seen)) == len(set.union(*seen))


@given(st.integers(2, 11), st.integers(25, 400))
def test_folds_test_every_event_once(folds: int, n: int) -> None:
    events = background(list(range(1, n + 1)))
    tested = []
    for fold in range(folds):
        train, validation, test = (
            set(fold_part(events, n, False, fold, folds, part).aux["row"].tolist()) for part in PARTS
        )
        assert sorted([*train, *validation, *test]) == list(range(1, n + 1))
        assert len(validation) == (n - len(test)) // 10
        assert abs(len(test) - n / folds) < 1
        tested += sorted(test)
    assert sorted(tested) == list(range(1, n + 1))


def test_a_fold_without_events() -> None:
    with pytest.raises(DataError, match=r"no background event is in test of fold 4 of 5; the file has 3 events"):
        fold_part(background([1, 2, 3]), 3, False, 4, 5, "test")
