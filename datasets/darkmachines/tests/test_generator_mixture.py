from __future__ import annotations

import numpy as np
import pytest
from adbench_darkmachines.generator.mixture import SliceYield, event_counts, process_luminosities
from adbench_darkmachines.generator.split import anonymous_ids, split_by_source
from hypothesis import given
from hypothesis import strategies as st


def test_shares_follow_the_cross_sections() -> None:
    luminosity, common = process_luminosities({"a": 3.0, "b": 1.0}, 400, {})
    assert common == 100.0
    assert luminosity == {"a": 100.0, "b": 100.0}


def test_a_capped_process_gives_its_room_to_the_others() -> None:
    luminosity, common = process_luminosities({"qcd": 8.0, "top": 1.5, "w": 0.5}, 1000, {"qcd": 0.1})
    assert luminosity["qcd"] * 8.0 == pytest.approx(100.0)
    assert luminosity["top"] == luminosity["w"] == pytest.approx(common)
    assert sum(luminosity[k] * s for k, s in (("qcd", 8.0), ("top", 1.5), ("w", 0.5))) == pytest.approx(1000.0)


def test_a_short_process_limits_itself_only() -> None:
    luminosity, common = process_luminosities({"a": 1.0, "b": 1.0}, 100, {}, {"a": 20.0, "b": 500.0})
    assert luminosity == {"a": 20.0, "b": pytest.approx(80.0)}
    assert common == pytest.approx(80.0)


def test_too_few_events_is_an_error() -> None:
    with pytest.raises(ValueError, match="only 90 of 100"):
        process_luminosities({"a": 1.0, "b": 2.0}, 100, {}, {"a": 30.0, "b": 30.0})


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.floats(0.1, 1e4),
            st.integers(1, 10**6),
            st.floats(1e-4, 1.0),
            st.floats(0.1, 1.0),
        ),
        min_size=1,
        max_size=8,
    ),
    st.integers(1, 300),
)
def test_counts_add_up_and_are_available(parts: list[tuple[str, float, int, float, float]], events: int) -> None:
    yields = [
        SliceYield(process, str(k), sigma, attempts, int(attempts * efficiency), int(attempts * efficiency * kept))
        for k, (process, sigma, attempts, efficiency, kept) in enumerate(parts)
    ]
    try:
        counts, luminosity, _ = event_counts(yields, events, {})
    except ValueError:
        return
    assert sum(counts) == events
    for item, count in zip(yields, counts, strict=True):
        assert 0 <= count <= item.kept
        assert abs(count - luminosity.get(item.process, 0.0) * item.accepted_cross_section) < 1.0 + 1e-6


def test_slices_of_a_process_keep_their_spectrum() -> None:
    yields = [SliceYield("w", "low", 100.0, 10_000, 50, 50), SliceYield("w", "high", 1.0, 10_000, 5_000, 5_000)]
    counts, luminosity, _ = event_counts(yields, 60, {})
    assert counts == [30, 30]  # 0.5 pb each after cuts, although 100 times more events of "high" are there
    assert luminosity["w"] == pytest.approx(60.0)


def test_passes_that_were_not_kept_cost_luminosity_and_no_share() -> None:
    whole, thinned = SliceYield("a", "all", 2.0, 1000, 100, 100), SliceYield("b", "all", 2.0, 1000, 100, 25)
    assert (whole.luminosity, thinned.luminosity) == (500.0, 125.0)
    assert event_counts([whole, thinned], 40, {})[0] == [20, 20]
    assert event_counts([whole, thinned], 100, {})[0] == [75, 25]


@given(st.lists(st.integers(1, 3), min_size=30, max_size=200), st.integers(0, 2**32 - 1))
def test_split_is_exact_and_keeps_copies_together(copies: list[int], seed: int) -> None:
    source = np.repeat(np.arange(len(copies)) * 17, copies)
    single = np.arange(20) + 10**6  # a real sample always has single events
    source = np.concatenate([source, single])
    sizes = {"train": len(source) - 20, "validation": 8, "test": 12}
    parts = split_by_source(source, sizes, np.random.default_rng(seed))
    assert {name: len(rows) for name, rows in parts.items()} == sizes
    assert sorted(np.concatenate(list(parts.values())).tolist()) == list(range(len(source)))
    for a, b in (("train", "validation"), ("train", "test"), ("validation", "test")):
        assert not set(source[parts[a]]) & set(source[parts[b]])


def test_split_wants_matching_sizes() -> None:
    with pytest.raises(ValueError, match="3 events cannot be split"):
        split_by_source(np.arange(3), {"train": 1, "test": 1}, np.random.default_rng(0))


def test_ids_identify_copies_and_nothing_else() -> None:
    source = np.array([40, 7, 40, 9, 7, 1000])
    ids = anonymous_ids(source, np.random.default_rng(1))
    assert sorted(set(ids.tolist())) == [1, 2, 3, 4]
    assert (ids[:, None] == ids).tolist() == (source[:, None] == source).tolist()
    many = anonymous_ids(np.arange(5000), np.random.default_rng(2))
    assert abs(np.corrcoef(many, np.arange(5000))[0, 1]) < 0.06
