from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from adbench_darkmachines.generator.records import Records, as_written
from adbench_darkmachines.generator.writer import csv_lines, write_gzip
from hypothesis import given
from hypothesis import strategies as st


def two_events() -> Records:
    return Records(
        source=np.array([5, 5]),
        met=np.array([112.288, 0.0]),
        met_phi=np.array([1.74766, -3.14159]),
        counts=np.array([3, 1]),
        kinds=np.array([2, 1, 4, 7], dtype=np.int8),
        objects=np.array(
            [
                [331.927, 147.558, -1.44969, -1.76399],
                [1119.05, 85.589, 2.568259, -0.0447543],
                [55.8088, 54.3914, -0.198215, 1.726],
                [20.5, 20.5, 0.0, 0.25],
            ]
        ),
        label=np.zeros(2, dtype=np.int8),
    )


def test_lines_are_those_of_the_challenge() -> None:
    text = csv_lines(two_events(), np.array([94, 7]), ["ttbar", "gam_jets"])
    assert text == (
        "94;ttbar;1;112288;1.74766;b,331927,147558,-1.44969,-1.76399;j,1.11905e+06,85589,2.56826,-0.0447543;"
        "e+,55808.8,54391.4,-0.198215,1.726;\n"
        "7;gam_jets;1;0;-3.14159;g,20500,20500,0,0.25;\n"
    )


def test_take_reorders_events_with_their_objects() -> None:
    swapped = two_events().take(np.array([1, 0, 1]))
    assert swapped.counts.tolist() == [1, 3, 1]
    assert swapped.kinds.tolist() == [7, 2, 1, 4, 7]
    objects, kinds = swapped.padded()
    assert kinds.tolist() == [[7, 0, 0], [2, 1, 4], [7, 0, 0]]
    assert objects[1, 2, 1] == 54.3914
    assert not objects[kinds == 0].any()


@given(st.lists(st.floats(-1e7, 1e7).filter(lambda x: x == 0 or abs(x) > 1e-6), min_size=1))
def test_rounding_is_that_of_the_printed_digits(values: list[float]) -> None:
    printed = [float(f"{x:.6g}") for x in values]
    assert as_written(np.array(values)) == pytest.approx(printed, rel=2e-6)  # a tie may fall to either side
    written = as_written(np.array(values)).tolist()
    assert [float(f"{x * 1000.0:.6g}") / 1000.0 for x in written] == pytest.approx(written, rel=1e-12)


def test_equal_text_gives_equal_bytes(tmp_path: Path) -> None:
    digests = {write_gzip(tmp_path / name, "1;njets;1;250000;0.1;\n" * 50) for name in ("a.csv.gz", "b.csv.gz")}
    assert len(digests) == 1
    raw = (tmp_path / "a.csv.gz").read_bytes()
    assert raw[3] == 0  # no file name in the header
    assert raw[4:8] == b"\0\0\0\0"  # no time
    assert gzip.decompress(raw).decode().count("njets") == 50
