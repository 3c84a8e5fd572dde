"""Numbers of any length, wherever they stand in a block, are those that Python reads."""

from __future__ import annotations

import numpy as np
from adbench_darkmachines.reader.kernel import parse
from hypothesis import example, given, settings
from hypothesis import strategies as st

DIGITS = st.text("0123456789", max_size=12)
PLAIN = st.tuples(st.sampled_from(["", "-"]), DIGITS, st.sampled_from(["", "."]), DIGITS).map("".join)
EXPONENT = st.one_of(
    st.just(""), st.tuples(st.sampled_from("eE"), st.sampled_from(["", "+", "-"]), DIGITS).map("".join)
)


def read(text: str, behind: str) -> float | None:
    """Return a weight as the reader has it, float32; None where it names the weight as the fault."""
    line = np.frombuffer(f"1;njets;{text};0;0{behind}\n".encode(), np.uint8)
    _, _, _, numbers, *_, fault, at = parse(line, 1, 2)
    if fault[0]:
        assert (fault[0], at[0]) in ((5, 8), (6, 8 + len(text)))
        return None
    return float(numbers[0, 0])


def expected(text: str) -> float | None:
    """Return the same from Python's float(), which rounds correctly."""
    try:
        value = float(text)
    except ValueError:
        return None
    return float(np.float32(value)) if abs(value) <= float(np.finfo(np.float32).max) else None


@settings(max_examples=1500, deadline=None)
@given(number=st.tuples(PLAIN, EXPONENT).map("".join), behind=st.sampled_from(["", ";", ";j,90000,80000,0.5,0.25;"]))
@example("12345678", ";j,90000,80000,0.5,0.25;")  # eight digits: the most that are read at once
@example("123456789", ";j,90000,80000,0.5,0.25;")
@example("1234.5678", "")
@example("12345678.", "")
@example(".12345678", ";")
@example("1.2.3", ";j,90000,80000,0.5,0.25;")
@example("-", ";")
@example("5e", ";")
@example("", ";j,90000,80000,0.5,0.25;")
def test_a_number_is_what_python_reads(number: str, behind: str) -> None:
    found, true = read(number, behind), expected(number)
    if true is None or found is None:
        assert found == true
    else:
        assert abs(found - true) <= 2**-23 * abs(true) + 1e-45  # beyond 15 digits the last bit of float32 may differ
        if len(number) <= 15 and "e" not in number.lower():
            assert found == true
