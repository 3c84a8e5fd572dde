"""Malformed input is answered with the file, the line, the field, what was expected and what was found."""

from __future__ import annotations

import gzip
import lzma
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from adbench_darkmachines import Report, read_events

from adbench.api import DataError, UnknownNameError, UsageError

Line = Callable[..., str]
Csv = Callable[..., Path]

HEAD = "7;njets;1;250000;-1.5"
NUMBER = "a positive number in MeV"


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("", "an empty line; expected an event"),
        ("  ", "an empty line; expected an event"),
        ("event;process;weight", "event id: expected an integer of at most 18 digits, found 'event'"),
        ("7.5;njets;1;250000;-1.5", "event id: expected an integer of at most 18 digits, found '7.5'"),
        (19 * "7" + ";njets;1;2;-1.5", "event id: expected an integer of at most 18 digits, found '77777"),
        ("7", "process: expected a name, found the end of the line"),
        ("7;;1;250000;-1.5", "process: expected a name, found ';'"),
        ("7;n jets;1;250000;-1.5", "process: expected a name, found 'n jets'"),
        ("7,njets;1;250000;-1.5", "expected ';' or the end of the line after event id, found ','"),
        ("7;njets;nan;250000;-1.5", "weight: expected a finite number, found 'nan'"),
        ("7;njets;1e39;250000;-1.5", "weight: expected a finite number, found '1e39'"),
        ("7;njets;-1e9999999999;250000;-1.5", "weight: expected a finite number, found '-1e9999999999'"),
        ("7;njets;1;-250000;-1.5", "MET: expected a number of at least 0, in MeV, found '-250000'"),
        ("7;njets;1;inf;-1.5", "MET: expected a number of at least 0, in MeV, found 'inf'"),
        ("7;njets;1;250000", "METphi: expected an angle from -pi to pi, found the end of the line"),
        ("7;njets;1;250000;3.2", "METphi: expected an angle from -pi to pi, found '3.2'"),
        ("7;njets;1;250000;-1.5,", "expected ';' or the end of the line after METphi, found ','"),
        (f"{HEAD};;j,5e5,5e5,0,0", "symbol of object 1: expected one of j, b, e-, e+, m-, m+, g, mu-, mu+, found ';'"),
        (f"{HEAD};t,5e5,5e5,0,0", "symbol of object 1: expected one of j, b, e-, e+, m-, m+, g, mu-, mu+, found 't'"),
        (f"{HEAD};jj,5e5,5e5,0,0", "symbol of object 1: expected one of j, b, e-, e+, m-, m+, g, mu-, mu+, found 'jj'"),
        (f"{HEAD};mu,5e5,5e5,0,0", "symbol of object 1: expected one of j, b, e-, e+, m-, m+, g, mu-, mu+, found 'mu'"),
        (f"{HEAD};j,5e5,5e5,0,0;b,5e5,-3,0,0", f"pT of object 2: expected {NUMBER}, found '-3'"),
        (f"{HEAD};j,5e5,0,0,0", f"pT of object 1: expected {NUMBER}, found '0'"),
        (f"{HEAD};j,0,5e5,0,0", f"E of object 1: expected {NUMBER}, at least pT, found '0'"),
        (f"{HEAD};j,4e5,5e5,0,0", f"E of object 1: expected {NUMBER}, at least pT, found '4e5'"),
        (f"{HEAD};j,5e5,5e5,11,0", "eta of object 1: expected a number from -10 to 10, found '11'"),
        (f"{HEAD};j,5e5,5e5,0.5.1,0", "eta of object 1: expected a number from -10 to 10, found '0.5.1'"),
        (f"{HEAD};j,5e5,5e5,0,3.15", "phi of object 1: expected an angle from -pi to pi, found '3.15'"),
        (f"{HEAD};j,5e5,5e5,0,1e", "phi of object 1: expected an angle from -pi to pi, found '1e'"),
        (f"{HEAD};j,5e5,5e5,0,-", "phi of object 1: expected an angle from -pi to pi, found '-'"),
        (f"{HEAD};j,5e5,5e5,0,0x1", "phi of object 1: expected an angle from -pi to pi, found '0x1'"),
        (f"{HEAD};j,5e5,5e5,0", "phi of object 1: expected an angle from -pi to pi, found the end of the line"),
        (f"{HEAD};j,5e5,5e5,0;", "phi of object 1: expected an angle from -pi to pi, found ';'"),
        (f"{HEAD};j", f"E of object 1: expected {NUMBER}, at least pT, found the end of the line"),
        (f"{HEAD};j,5e5,5e5,0,0,", "expected ';' or the end of the line after phi of object 1, found ','"),
        (f"{HEAD};j,5e5,5e5,0,0\r;", "expected ';' or the end of the line after phi of object 1, found "),
        (f"{HEAD};j,5e5, 5e5,0,0", f"pT of object 1: expected {NUMBER}, found ' 5e5'"),
        (f"{HEAD};j,5e5,\xe9,0,0", f"pT of object 1: expected {NUMBER}, found "),
        (HEAD + 101 * ";j,5e5,5e5,0,0", "more than 100 objects; expected one event"),
        # what convert_to_csv.cc of the generator repository wrote: no ids, no energies, a count as the last line
        ("1;250000;-1.5;j,5e5,0,0;j,4e5,0,0;", "MET: expected a number of at least 0, in MeV, found 'j'"),
        ("214185", "process: expected a name, found the end of the line"),
    ],
)
def test_malformed_line(line: Line, csv: Csv, bad: str, message: str) -> None:
    path = csv([line(), line(), bad, line()])
    with pytest.raises(DataError, match=re.escape(f"{path}:3: {message}")) as caught:
        read_events(path)
    assert "\n" not in str(caught.value)
    report = Report()
    assert read_events(path, skip_bad_lines=True, report=report).aux["row"].tolist() == [1, 2, 4]
    assert (report.lines, report.kept, report.skipped) == (4, 3, 1)
    assert report.examples[0].startswith(f"line 3: {message}")


def test_bad_line_far_into_the_file_and_without_newline(line: Line, csv: Csv) -> None:
    text = "".join(line(event=i) + "\n" for i in range(80_000))  # more than one block
    path = csv((text + line()[:-9]).encode())
    assert path.stat().st_size > 8 << 20
    with pytest.raises(DataError, match=re.escape(f"{path}:80001: ")):
        read_events(path)


def test_skipped_lines_are_counted_and_told(line: Line, csv: Csv) -> None:
    path = csv([line(), "rubbish", line(), "7;x"])
    with pytest.warns(UserWarning, match=r"2 of 4 lines are malformed and skipped \(line 2: event id"):
        events = read_events(path, skip_bad_lines=True)
    assert len(events) == 2


def test_a_bad_line_leaves_no_objects_behind(line: Line, csv: Csv) -> None:
    good = line([("j", 300.0, 0.0)])
    bad = line([("b", 99.0, 0.0)] * 6) + "x"
    report = Report()
    events = read_events(csv([good, bad, good]), raw=True, skip_bad_lines=True, report=report)
    assert events.kinds[:, :2].tolist() == [[1, 0], [1, 0]]
    assert not report.unknown


def test_only_bad_lines(csv: Csv) -> None:
    with pytest.raises(DataError, match=r"none of 2 lines is an event that passes the selection of channel 1"):
        read_events(csv(["a", "b"]), skip_bad_lines=True, report=Report())
    with pytest.raises(DataError, match=r"none of 2 lines is an event"):
        read_events(csv(["a", "b"]), raw=True, skip_bad_lines=True, report=Report())


def test_empty_file(csv: Csv) -> None:
    for data in (b"", gzip.compress(b""), lzma.compress(b"")):
        path = csv(data)
        with pytest.raises(DataError, match=re.escape(f"{path} is empty; expected one event per line: id;process;")):
            read_events(path)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read .*nothing_chan1.csv: No such file"):
        read_events(tmp_path / "nothing_chan1.csv")
    (tmp_path / "folder_chan1.csv").mkdir()
    with pytest.raises(DataError, match=r"cannot read .*folder_chan1.csv: Is a directory"):
        read_events(tmp_path / "folder_chan1.csv")


@pytest.mark.parametrize("packed", [gzip.compress, lzma.compress], ids=["gzip", "xz"])
def test_damaged_compression(line: Line, csv: Csv, packed: Callable[[bytes], bytes]) -> None:
    whole = packed("".join(line(event=i, met=200.0 + i) + "\n" for i in range(2000)).encode())
    middle = len(whole) // 2
    for damaged in (whole[:-1], whole[:middle], whole[:10], whole[:middle] + b"\0\0\0\0" + whole[middle + 4 :]):
        path = csv(damaged)
        with pytest.raises(DataError, match=re.escape(f"{path}") + " is damaged or cut off"):
            read_events(path, skip_bad_lines=True, report=Report())


def test_wrong_channel(line: Line, csv: Csv) -> None:
    path = csv([line()], "monojet_chan3_first3000.csv")
    with pytest.raises(DataError, match=r"file of channel 3 by its name; expected channel 1"):
        read_events(path, channel="1")
    with pytest.raises(DataError, match=r"none of 1 lines is an event that passes the selection of channel 2a"):
        read_events(csv([line()], "x_chan2a.csv"))
    with pytest.raises(UnknownNameError, match=r"no channel of darkmachines '2'\. Did you mean 2[ab] or 2[ab]\?"):
        read_events(path, channel="2")
    with pytest.raises(UsageError, match=r"states no channel; give one of 1, 2a, 2b, 3, or read it raw"):
        read_events(csv([line()], "events.csv"))
    assert len(read_events(csv([line()], "events.csv"), channel="3")) == 1
    assert len(read_events(csv([line()], "events.csv"), raw=True)) == 1


def test_no_newline_at_all(csv: Csv) -> None:
    with pytest.raises(DataError, match=r":1: line of more than 1 MiB; expected one event per line"):
        read_events(csv(b"7" * (9 << 20)))
