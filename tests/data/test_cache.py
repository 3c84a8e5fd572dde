from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from adbench.api import DataError
from adbench.data.cache import ABANDONED, Cache, cache_key, default_cache


def convert_to(text: str) -> Any:
    def convert(folder: Path) -> dict[str, int]:
        (folder / "data.txt").write_text(text)
        return {"n": len(text)}

    return convert


def never(folder: Path) -> dict[str, int]:
    pytest.fail("converted again")


def test_converts_once_and_reads_ever_after(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    assert cache.get("k") is None
    first = cache.get_or_convert("k", convert_to("abc"))
    again = cache.get_or_convert("k", never)
    assert first == again
    assert again.notes == {"n": 3}
    assert (again.folder / "data.txt").read_text() == "abc"
    assert [path.name for path in cache.folder.iterdir()] == ["k"]


def test_key_changes_with_every_ingredient() -> None:
    keys = {
        cache_key(source="a", version=1),
        cache_key(source="b", version=1),
        cache_key(source="a", version=2),
        cache_key(source="a", version=1, raw=True),
        cache_key(source="a", version="1"),
    }
    assert len(keys) == 5
    assert cache_key(version=1, source="a") in keys


def test_a_failed_conversion_leaves_nothing(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")

    def fail(folder: Path) -> dict[str, int]:
        (folder / "data.txt").write_text("half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cache.get_or_convert("k", fail)
    assert list(cache.folder.iterdir()) == []
    assert cache.get_or_convert("k", convert_to("whole")).notes == {"n": 5}


SLOW = """
import sys, time
from pathlib import Path
from adbench.data.cache import Cache
def convert(folder):
    (folder / "data.txt").write_text("half")
    print("started", flush=True)
    time.sleep(60)
Cache(Path(sys.argv[1])).get_or_convert("k", convert)
"""


def test_a_conversion_killed_half_way_is_never_read_and_swept_later(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    process = subprocess.Popen([sys.executable, "-c", SLOW, str(cache.folder)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"started\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    (left,) = cache.folder.iterdir()
    assert cache.get("k") is None
    assert cache.get_or_convert("k", convert_to("whole")).notes == {"n": 5}
    assert left.exists()  # it may belong to a living conversion
    old = time.time() - ABANDONED - 10
    os.utime(left, (old, old))
    cache.get_or_convert("other", convert_to("x"))
    assert not left.exists()


def test_two_conversions_at_once_give_one_result(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")

    def overtaken(folder: Path) -> dict[str, int]:
        cache.get_or_convert("k", convert_to("abc"))  # another process finishes first
        return dict(convert_to("abc")(folder))

    entry = cache.get_or_convert("k", overtaken)
    assert (entry.folder / "data.txt").read_text() == "abc"
    assert [path.name for path in cache.folder.iterdir()] == ["k"]


@pytest.mark.parametrize("damage", ["cut", "removed", "index cut", "index gone", "index foreign"])
def test_a_damaged_conversion_is_made_again(tmp_path: Path, damage: str) -> None:
    cache = Cache(tmp_path / "cache")
    folder = cache.get_or_convert("k", convert_to("abcdef")).folder
    if damage == "cut":
        (folder / "data.txt").write_text("abc")
    elif damage == "removed":
        (folder / "data.txt").unlink()
    elif damage == "index cut":
        (folder / "index.json").write_text((folder / "index.json").read_text()[:-5])
    elif damage == "index foreign":
        (folder / "index.json").write_text("[1, 2]")
    else:
        (folder / "index.json").unlink()
    assert cache.get("k") is None
    assert cache.get_or_convert("k", convert_to("abcdef")).notes == {"n": 6}
    assert (folder / "data.txt").read_text() == "abcdef"


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"cannot write converted events to .*file/cache.*ADBENCH_CACHE_DIR"):
        Cache(tmp_path / "file" / "cache").get_or_convert("k", convert_to("abc"))


def test_default_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ADBENCH_CACHE_DIR", str(tmp_path))
    assert default_cache() == tmp_path
    monkeypatch.delenv("ADBENCH_CACHE_DIR")
    assert default_cache().name == "adbench"
