from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adbench.api import DataError
from adbench.runs.matching import places_of


@given(st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=30, unique=True))
def test_each_row_is_found_where_it_is(rows: list[int]) -> None:
    own = np.array(rows, np.int64)
    wanted = np.random.default_rng(len(rows)).permutation(own)[: max(1, len(rows) // 2)]
    np.testing.assert_array_equal(own[places_of(wanted, own)], wanted)


@pytest.mark.parametrize(("wanted", "rows"), [([5], [1, 2]), ([1], [1, 1]), ([1], []), ([9], [1, 2, 8])])
def test_a_row_that_is_not_there_or_there_twice_is_refused(wanted: list[int], rows: list[int]) -> None:
    with pytest.raises(DataError, match="rows of the run are not those of the data set"):
        places_of(np.array(wanted, np.int64), np.array(rows, np.int64))
