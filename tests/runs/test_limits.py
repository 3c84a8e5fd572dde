from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adbench.api.errors import UsageError
from adbench.runs.limits import parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("10m", 600), ("3h", 10800), ("1d", 86400), ("1h30m", 5400), ("45", 45), ("0.5s", 0.5), ("2H", 7200)],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "size"),
    [("500M", 500 * 2**20), ("4G", 4 * 2**30), ("1.5GB", 3 * 2**29), ("64k", 65536), ("2GiB", 2**31), ("1t", 2**40)],
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text) == size


def test_none_is_no_limit() -> None:
    assert parse_duration("none") is None
    assert parse_size("None") is None


@pytest.mark.parametrize("text", ["", "0", "0s", "-5s", "10x", "1h 30m", "h", "1..5s", "inf", "nan"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"is no duration; write 90s, 10m, 3h, 1h30m or none"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["", "0", "5", "0M", "-1G", "1.G", "4 G", "M", "1e3M"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"is no amount of memory; write 500M, 4G, 1.5G or none"):
        parse_size(text)


@given(st.text(max_size=12) | st.text(alphabet="0123456789.smhdkgtMB", max_size=400))
def test_any_text_is_a_limit_or_a_usage_error(text: str) -> None:
    for parse in (parse_duration, parse_size):
        try:
            limit = parse(text)
        except UsageError:
            continue
        assert limit is None or limit > 0
