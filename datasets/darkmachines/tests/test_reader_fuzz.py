"""Broken bytes: every line is an event or a named fault, as an independent slow parser says."""

from __future__ import annotations

import gzip
import lzma
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from adbench_darkmachines import Report, read_events
from adbench_darkmachines.reader import Reading, iter_events
from adbench_darkmachines.reader.lines import blocks
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


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "xz": lzma.compress,
    "xz with another check": lambda data: lzma.compress(data, check=lzma.CHECK_CRC32),
}


def damaged(draw: st.DrawFn, packed: bytes, ends: set[int]) -> bytes:
    """Cut a packed file off, or change some of its bytes, or put bytes in, or all of it.

    Not cut exactly at the end of a member: what is left is then a whole file, and nobody can tell.
    """
    data = bytearray(packed)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(data) - 1))
        data[at] ^= draw(st.integers(1, 255))
    if draw(st.booleans()):
        at = draw(st.integers(0, len(data)))
        data[at:at] = draw(st.binary(max_size=20))
    if draw(st.booleans()):
        cut = draw(st.integers(1, len(data) - 1).filter(lambda cut: cut not in ends))
        del data[cut:]
    return bytes(data)


@st.composite
def damaged_files(draw: st.DrawFn) -> tuple[bytes, list[int]]:
    """Return the bytes of a packed file of one or two members after some damage, and the METs in it."""
    pack = PACKERS[draw(st.sampled_from(sorted(PACKERS)))]
    mets = list(range(200, 240))
    parts = (mets[:25], mets[25:]) if draw(st.booleans()) else (mets,)
    members = [pack(b"".join(b"7;njets;1;%d000;-1.5;j,338288,300000,0.5,0.25;\n" % m for m in part)) for part in parts]
    ends = {len(members[0]), len(b"".join(members))}
    return damaged(draw, b"".join(members), ends), mets


@pytest.mark.parametrize("skip_bad_lines", [False, True])
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=damaged_files(), block=st.sampled_from([64, 700, 1 << 20]))
def test_a_damaged_archive_gives_all_events_or_an_error(
    path: Path, skip_bad_lines: bool, file: tuple[bytes, list[int]], block: int
) -> None:
    data, mets = file
    path.write_bytes(data)
    reading = Reading(raw=True, skip_bad_lines=skip_bad_lines, block=block)
    try:
        events = Events.concatenate(list(iter_events(path, reading, Report())))
    except DataError as error:
        assert str(path) in str(error)  # noqa: PT017  either outcome is right
        return
    assert events.feature("met").tolist() == mets  # bytes of the header that carry no content


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress], ids=["gzip", "xz"])
def test_what_follows_a_whole_archive_is_not_left_out(path: Path, pack: Callable[[bytes], bytes]) -> None:
    one, other = pack(LINE + b"\n"), pack(LINE + b"\n" + LINE + b"\n")
    for data, events in ((one + other, 3), (one + bytes(8) + other, 3), (one + bytes(512), 1)):
        path.write_bytes(data)
        assert len(read_events(path, raw=True)) == events
    for data in (one + b"\xfd" + other[1:3] + b"x" + other[4:], one + b"rubbish", one + other[:20]):
        path.write_bytes(data)
        with pytest.raises(DataError, match=r"is damaged or cut off"):
            read_events(path, raw=True)


def test_reading_goes_on_in_the_middle_of_an_archive(path: Path) -> None:
    lines = [b"%d;njets;1;250000;-1.5\n" % i for i in range(50)]
    for pack in PACKERS.values():
        path.write_bytes(pack(b"".join(lines[:30])) + pack(b"".join(lines[30:])))
        start = sum(map(len, lines[:40]))
        found = list(blocks(path, 100, start, 41))
        assert b"".join(block.text for block in found) == b"".join(lines[40:])
        assert (found[0].first_line, found[-1].end) == (41, sum(map(len, lines)))
