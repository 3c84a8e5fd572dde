"""A conversion that is killed goes on from its last finished chunk and ends with the same bytes."""

from __future__ import annotations

import gzip
import json
import lzma
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from adbench_darkmachines.convert import Converter
from adbench_darkmachines.reader import Place, Reading, Report, iter_events, iter_parts

from adbench.api import DataError, Events
from adbench.data.arrays import EventsWriter

Line = Callable[..., str]
Csv = Callable[..., Path]

# Kills its own process at the n-th call of one step of the conversion.
PROGRAM = """
import os, signal, sys
from pathlib import Path
from adbench.data import arrays, cache
from adbench_darkmachines import convert
path, folder, step, n = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
convert.CHUNK = 20_000
owner, name = {
    "append": (arrays.ArrayWriter, "append"),
    "sync": (arrays.ArrayWriter, "sync"),
    "widen": (arrays, "_widened"),
    "note": (convert, "write_atomically"),
    "finish": (cache.Cache, "_finish"),
    "rename": (cache.Path, "rename"),
}[step]
plain, calls = getattr(owner, name), [0]
def counted(*given, **named):
    calls[0] += 1
    if calls[0] == n:
        os.kill(os.getpid(), signal.SIGKILL)
    return plain(*given, **named)
setattr(owner, name, counted)
convert.BLOCK = 5_000
convert.Converter(folder, raw=False, skip_bad_lines=True, event_id_is_source=False).convert(path, "1", 18)
print("finished")
"""


@pytest.fixture
def lines(line: Line) -> list[str]:
    """600 lines: some malformed, some outside the channel, unknown processes, and busy events far into the file."""
    text = [line(event=i, met=200.0 + i, process=("njets", "b_new", "a_new")[i % 3]) for i in range(600)]
    text[100], text[333] = "rubbish", line(met=10.0)
    text[350] = line([("j", 300.0, 0.0), *[("j", 60.0, 0.1)] * 19], met=600.0)
    text[500] = line([("j", 300.0, 0.0), *[("j", 60.0, 0.1)] * 24], met=600.0)
    return text


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def convert(path: Path, cache: Path) -> Path:
    return Converter(cache, raw=False, skip_bad_lines=True, event_id_is_source=False).convert(path, "1", 18).folder


def killed(path: Path, cache: Path, step: str, n: int) -> bool:
    """Convert in a process of its own; tell whether it was killed."""
    command = [sys.executable, "-c", PROGRAM, str(path), str(cache), step, str(n)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adbench_darkmachines.convert.CHUNK", 20_000)
    monkeypatch.setattr("adbench_darkmachines.convert.BLOCK", 5_000)


@pytest.mark.usefixtures("small_steps")
def test_killed_at_any_step_it_ends_with_the_same_bytes(lines: list[str], csv: Csv, tmp_path: Path) -> None:
    path = csv(lines)
    expected = content(convert(path, tmp_path / "whole"))
    taken_up = 0
    steps = [("append", 100), ("widen", 2), ("widen", 3), ("sync", 20), ("note", 3), ("finish", 1), ("rename", 1)]
    for step, n in steps:
        cache = tmp_path / f"{step}{n}"
        assert killed(path, cache, step, n), step
        (partial,) = (cache / "darkmachines").glob(".*.partial")
        journal = partial / "journal.json"
        taken_up += journal.exists() and json.loads(journal.read_text())["line"] > 1
        assert content(convert(path, cache)) == expected, step
        assert [entry.name[0] != "." for entry in (cache / "darkmachines").iterdir()] == [True]
    assert taken_up >= 6


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("packed", [bytes, gzip.compress, lzma.compress], ids=["plain", "gzip", "xz"])
def test_finished_chunks_are_not_read_again(
    lines: list[str], csv: Csv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: Callable[[bytes], bytes]
) -> None:
    path = csv(packed("".join(text + "\n" for text in lines).encode()))
    expected = content(convert(path, tmp_path / "whole"))
    append, written = EventsWriter.append, []

    def full_disk(writer: EventsWriter, events: Events) -> None:
        if writer.rows > 400:
            raise OSError(28, "No space left on device")
        append(writer, events)

    monkeypatch.setattr(EventsWriter, "append", full_disk)
    with pytest.raises(DataError, match="No space left on device"):
        convert(path, tmp_path / "cache")
    (partial,) = (tmp_path / "cache" / "darkmachines").glob(".*.partial")
    kept = json.loads((partial / "journal.json").read_text())["report"]["kept"]

    def counted(writer: EventsWriter, events: Events) -> None:
        written.append(len(events))
        append(writer, events)

    monkeypatch.setattr(EventsWriter, "append", counted)
    assert content(convert(path, tmp_path / "cache")) == expected
    assert kept > 300
    assert sum(written) == 598 - kept


@pytest.mark.usefixtures("small_steps")
def test_a_damaged_journal_starts_anew(lines: list[str], csv: Csv, tmp_path: Path) -> None:
    path = csv(lines)
    expected = content(convert(path, tmp_path / "whole"))
    for number, damage in enumerate(["{", "[]", '{"slots": 18}', "short"]):
        cache = tmp_path / str(number)
        assert killed(path, cache, "note", 4)
        (partial,) = (cache / "darkmachines").glob(".*.partial")
        if damage == "short":
            os.truncate(partial / "objects.npy", 5_000)
        else:
            (partial / "journal.json").write_text(damage)
        assert content(convert(path, cache)) == expected


@pytest.mark.usefixtures("small_steps")
def test_a_malformed_line_leaves_nothing_behind(lines: list[str], csv: Csv, tmp_path: Path) -> None:
    converter = Converter(tmp_path / "cache", raw=False, skip_bad_lines=False, event_id_is_source=False)
    with pytest.raises(DataError, match=r":101: event id"):
        converter.convert(csv(lines), "1", 18)
    assert list((tmp_path / "cache" / "darkmachines").iterdir()) == []


def test_any_number_of_workers_from_any_line_gives_the_same(lines: list[str], csv: Csv) -> None:
    path, reading, whole = csv(lines), Reading(skip_bad_lines=True, block=3_000), Report()
    expected = Events.concatenate(list(iter_events(path, reading, whole)))
    for workers in (1, 2, 3):
        report, parts, places = Report(), [], [Place()]
        for events, place in iter_parts(path, reading, report, places[0], workers):
            parts.append(events)
            places.append(place)
        assert Events.concatenate(parts).aux["row"].tolist() == expected.aux["row"].tolist()
        assert report.to_dict() == whole.to_dict()
        later = [events for events, _ in iter_parts(path, reading, Report(), places[7], workers)]
        assert Events.concatenate(later).objects.tobytes() == Events.concatenate(parts[7:]).objects.tobytes()
