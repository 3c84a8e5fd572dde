"""What the generator tells while it works: chunks and time of the whole production, and where it goes on."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import pytest

from adbench.generation.progress import Progress

SLOW, FAST = "slow-all", "fast-all"


@dataclass(frozen=True)
class Chunk:
    slice_key: str
    index: int
    work: Path
    events: int = 100

    @property
    def path(self) -> Path:
        return self.work / self.slice_key / f"{self.index}.npz"


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other libraries' logging set-ups in the same test process switch loggers off that are there already."""
    monkeypatch.setattr(logging.getLogger("adbench.generation.progress"), "disabled", False)


def tasks(slice_key: str, chunks: range, work: Path) -> list[Chunk]:
    return [Chunk(slice_key, index, work) for index in chunks]


def finish(task: Chunk) -> None:
    task.path.parent.mkdir(parents=True, exist_ok=True)
    task.path.touch()


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    messages = [record.getMessage() for record in caplog.records]
    caplog.clear()
    return messages


def test_time_left_is_that_of_all_rounds_at_the_speed_of_each_slice(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    progress = Progress(jobs=2)
    first = [*tasks(SLOW, range(1), tmp_path), *tasks(FAST, range(1), tmp_path)]
    progress.round(1, first, {"slow-all": 1, "fast-all": 1})
    progress.finished(first[0], 100.0)
    progress.finished(first[1], 1.0)
    assert told(caplog) == [
        "1 of 2 chunks of the first round  slow-all/0: 1 events/s; 50 s left",  # the other one at the same speed
        "2 of 2 chunks of the first round  fast-all/0: 100 events/s; <0.1 s left",
    ]
    # The second round makes two more of each; the whole production needs ten of each.
    second = [*tasks(SLOW, range(1, 3), tmp_path), *tasks(FAST, range(1, 3), tmp_path)]
    progress.round(2, second, {"slow-all": 10, "fast-all": 10})
    assert progress.left() == pytest.approx((9 * 100.0 + 9 * 1.0) / 2)
    progress.finished(second[0], 100.0)
    assert progress.left() == pytest.approx((8 * 100.0 + 9 * 1.0) / 2)
    assert told(caplog) == ["3 of 20 chunks  slow-all/1: 1 events/s; 6.7 min left"]


def test_a_production_says_where_it_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    first, second = tasks(FAST, range(2), tmp_path), tasks(FAST, range(2, 6), tmp_path)
    for task in (*first, second[0]):
        finish(task)
    progress = Progress(jobs=1)
    progress.round(1, first, {"fast-all": 2})
    progress.round(2, second, {"fast-all": 12})
    progress.round(3, tasks(FAST, range(6, 12), tmp_path), {"fast-all": 12})
    assert told(caplog) == ["continues: 3 of 12 chunks are there"]


def test_a_new_production_does_not(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    Progress(jobs=1).round(1, tasks(FAST, range(2), tmp_path), {"fast-all": 2})
    assert told(caplog) == []
    finish(tasks(FAST, range(1), tmp_path)[0])
    Progress(jobs=1).round(1, tasks(FAST, range(2), tmp_path), {"fast-all": 2})
    assert told(caplog) == ["continues: 1 of 2 chunks of the first round are there"]
