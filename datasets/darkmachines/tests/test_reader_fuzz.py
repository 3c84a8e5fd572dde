"""Broken bytes: every line is an event or a named fault, as an independent slow parser says."""

from __future__ import annotations

import contextlib
import gzip
import re
from pathlib import Path

import numpy as np
import pytest
from adbench_darkmachines import Report, read_events
from adbench_darkmachines.reader import Reading, iter_events
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adbench.api import AdbenchError, DataError, Events

NUMBER = rb"-?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?"  # possessive, else broken lines take seconds
EVENT = re.compile(
    rb"(-?\d{1,18});([^\x00-\x20;,]+);(%b);(%b);(%b)((?:;(?:j|b|g|e[+-]|mu?[+-])(?:,%b){4})*);?\r?" % (4 * (NUMBER,))
)
LINE = (
    b"7;njets;1;250000;-1.5;j,338288,300000,0.5,0.25;b,308616,200000,-1,3.14159;mu+,20000,20000,0,-2;"
    b"e-,1e+05,99999.9,0,0;"
)
TOKENS = [b";", b",", b"\n", b"\r\n", b"-", b".", b"e", b"1e400", b"nan", b"-inf", b"mu-", b"j,", b"\0", b"\xff", b" "]


def is_event(line: bytes) -> bool:
    """Judge a line without the reader's code: a regular expression and Python's numbers."""
    found = EVENT.fullmatch(line)
    if found is None:
        return False
    weight, met, met_phi = (float(found[i]) for i in (3, 4, 5))
    with np.errstate(over="ignore", under="ignore"):
        fine = abs(weight) < 3.4e38 and 0 <= met / 1e3 < 3.4e38 and abs(met_phi) <= 3.1416
        objects = found[6].split(b";")[1:]
        for listed in objects:
            e, pt, eta, phi = (float(x) for x in listed.split(b",")[1:])
            e32, pt32 = np.float32(e / 1e3), np.float32(pt / 1e3)
            fine &= bool(np.isfinite(e32) and np.isfinite(pt32) and e32 > 0 and pt32 > 0 and e32 >= 0.999 * pt32)
            fine &= abs(eta) <= 10 and abs(phi) <= 3.1416
    return fine and len(objects) <= 100


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """A file of a few good lines with a few edits: bytes put in, taken out, replaced, doubled."""
    data = bytearray(b"".join(LINE + b"\n" for _ in range(draw(st.integers(1, 4)))))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.sampled_from([0, 0, 1, 2, 9, 70]))
        put = draw(st.one_of(st.sampled_from(TOKENS), st.binary(max_size=3), st.just(bytes(data[at : at + 40]))))
        data[at : at + length] = put
    return bytes(data)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "fuzz_chan1.csv"


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=broken(), block=st.sampled_from([50, 1 << 20]))
def test_every_line_is_an_event_or_a_named_fault(path: Path, data: bytes, block: int) -> None:
    path.write_bytes(data)
    lines = data.removesuffix(b"\n").split(b"\n") if data else []
    expected = [number for number, line in enumerate(lines, 1) if is_event(line)]
    report = Report()
    found = iter_events(path, Reading(raw=True, skip_bad_lines=True, block=block), report)
    if data.startswith((b"\x1f\x8b", b"\xfd7zXZ\0")):
        with pytest.raises(DataError, match=r"is damaged"):
            list(found)
        return
    if not expected:
        with pytest.raises(DataError, match=r"is empty|none of"):
            list(found)
        return
    parts = list(found)
    events = Events.concatenate(parts)
    assert events.aux["row"].tolist() == expected
    assert (report.lines, report.skipped) == (len(lines), len(lines) - len(expected))
    assert np.isfinite(events.objects).all()
    assert np.isfinite(events.features).all()
    faulty = sorted(set(range(1, len(lines) + 1)) - set(expected))
    if faulty:
        with pytest.raises(DataError, match=re.escape(f"{path}:{faulty[0]}: ")):
            read_events(path, raw=True)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400))
def test_any_bytes(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(AdbenchError):
        read_events(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_gzip_gives_all_events_or_an_error(path: Path, data: st.DataObject) -> None:
    packed = bytearray(gzip.compress((LINE + b"\n") * 30, mtime=0))
    at = data.draw(st.integers(0, len(packed) - 1))
    packed[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(packed)
    with contextlib.suppress(DataError):
        assert len(read_events(path, raw=True)) == 30  # a byte of the header that carries no content
