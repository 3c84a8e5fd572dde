from __future__ import annotations

import json
import os
import socket
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from adbench.runs import heartbeat
from adbench.runs.heartbeat import PULSE, Heart, Pulse, read_pulse, write_pulse
from adbench.runs.processes import start_time


def test_a_sign_of_life_comes_back_as_written(tmp_path: Path) -> None:
    write_pulse(tmp_path, "fit", 3, 10, loss=0.5)
    pulse = read_pulse(tmp_path)
    assert (pulse.host, pulse.process, pulse.started) == (socket.gethostname(), os.getpid(), start_time(os.getpid()))
    assert (pulse.phase, pulse.step, pulse.total, pulse.figures) == ("fit", 3, 10, {"loss": 0.5})
    assert pulse.peak_memory_mb > 10.0
    assert pulse.alive
    assert [path.name for path in tmp_path.iterdir()] == [PULSE]


def test_on_this_host_the_process_tells_and_elsewhere_the_time() -> None:
    here = Pulse(socket.gethostname(), os.getpid(), start_time(os.getpid()), seen=0.0)
    assert here.alive
    assert not replace(here, started=here.started + 1).alive
    there = replace(here, host="elsewhere", process=1)
    assert not there.alive
    assert replace(there, seen=time.time()).alive


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"host": 1}', '{"seen": "x"}', "\x00"])
def test_a_damaged_sign_counts_as_one_just_made(tmp_path: Path, text: str) -> None:
    (tmp_path / PULSE).write_text(text)
    pulse = read_pulse(tmp_path)
    assert (pulse.process, pulse.phase) == (0, "starting")
    assert pulse.alive
    os.utime(tmp_path, (0, 0))
    assert not read_pulse(tmp_path).alive
    assert not read_pulse(tmp_path / "gone").alive


def test_an_older_layout_without_memory_is_read(tmp_path: Path) -> None:
    stored = asdict(Pulse("h", 1, 2, 3.0))
    del stored["peak_memory_mb"]
    (tmp_path / PULSE).write_text(json.dumps(stored))
    assert read_pulse(tmp_path) == Pulse("h", 1, 2, 3.0)


def test_a_heart_beats_by_itself_and_at_every_change_of_phase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "BEAT", 0.02)
    heart = Heart(tmp_path)
    heart.note("fit", 1, 5, {"loss": 2.0})
    assert read_pulse(tmp_path).phase == "fit"
    heart.note("fit", 2, 5, {"loss": 1.0})
    until = time.monotonic() + 10.0
    while read_pulse(tmp_path).step != 2:
        assert time.monotonic() < until
    heart.stop()
    assert read_pulse(tmp_path).figures == {"loss": 1.0}  # stays until the result is in its place


def test_a_folder_that_is_gone_stops_nobody(tmp_path: Path) -> None:
    heart = Heart(tmp_path / "gone")
    heart.beat()
    heart.stop()
