from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from adbench.runs.processes import end_group, group_memory, is_alive, start_time

HOLD = """\
import sys, time
held = bytearray(int(sys.argv[1]))
held[::4096] = b"1" * len(held[::4096])
print("held", flush=True)
time.sleep(600)
"""
SIZE = 100 * 2**20


@pytest.fixture
def holder() -> Iterator[subprocess.Popen[bytes]]:
    """A process group of its own that holds 100 MB."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(SIZE)], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.kill()
    process.communicate()


def test_a_process_is_named_by_number_and_start() -> None:
    me, started = os.getpid(), start_time(os.getpid())
    assert started > 0
    assert is_alive(me, started)
    assert is_alive(me, 0)  # where the system does not tell the start
    assert not is_alive(me, started + 1)  # an earlier process of the same number
    assert start_time(2**22 + 1) == 0
    assert not is_alive(2**22 + 1, 0)


def test_a_zombie_is_not_alive(holder: subprocess.Popen[bytes]) -> None:
    assert is_alive(holder.pid, 0)
    holder.kill()
    os.waitid(os.P_PID, holder.pid, os.WEXITED | os.WNOWAIT)
    assert not is_alive(holder.pid, 0)


def test_the_memory_of_a_group_is_what_its_processes_hold(holder: subprocess.Popen[bytes]) -> None:
    held = group_memory([holder.pid, 2**22 + 1])
    assert SIZE < held[holder.pid] < 1.3 * SIZE
    assert held[2**22 + 1] == 0
    assert group_memory([]) == {}


def test_a_group_is_ended_whole_and_one_that_is_gone_is_fine(holder: subprocess.Popen[bytes]) -> None:
    end_group(holder.pid, signal.SIGKILL)
    holder.wait()
    end_group(holder.pid, signal.SIGKILL)
    until = time.monotonic() + 10.0
    while group_memory([holder.pid])[holder.pid]:
        assert time.monotonic() < until
