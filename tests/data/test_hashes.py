from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from adbench.api import DataError
from adbench.data.hashes import FileHashes

LONG_AGO = time.time() - 3600.0


def source(tmp_path: Path, text: str, changed: float = LONG_AGO) -> Path:
    path = tmp_path / "source.csv"
    path.write_text(text)
    os.utime(path, (changed, changed))
    return path


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_hash_is_that_of_the_content_and_changes_with_it(tmp_path: Path) -> None:
    hashes = FileHashes(tmp_path / "hashes")
    assert hashes.sha256(source(tmp_path, "abc")) == digest("abc")
    assert hashes.sha256(source(tmp_path, "abcd")) == digest("abcd")
    assert hashes.sha256(source(tmp_path, "abce", LONG_AGO + 1e-3)) == digest("abce")


def test_a_known_file_is_not_read_again(tmp_path: Path) -> None:
    hashes = FileHashes(tmp_path / "hashes")
    path = source(tmp_path, "abc")
    hashes.sha256(path)
    path.write_text("xyz")  # same size, and the time stamp is put back: only who reads it could tell
    os.utime(path, (LONG_AGO, LONG_AGO))
    assert hashes.sha256(path) == digest("abc")


def test_a_file_that_may_still_change_is_not_remembered(tmp_path: Path) -> None:
    hashes = FileHashes(tmp_path / "hashes")
    now = time.time()
    assert hashes.sha256(source(tmp_path, "abc", now)) == digest("abc")
    assert hashes.sha256(source(tmp_path, "xyz", now)) == digest("xyz")


@pytest.mark.parametrize("text", ["", "[]", '{"path": 1}', '{"sha256": 5}'])
def test_a_damaged_note_is_not_believed(tmp_path: Path, text: str) -> None:
    hashes = FileHashes(tmp_path / "hashes")
    path = source(tmp_path, "abc")
    hashes.sha256(path)
    (note,) = hashes.folder.iterdir()
    note.write_text(text)
    assert hashes.sha256(path) == digest("abc")


def test_nothing_breaks_without_a_place_to_remember(tmp_path: Path) -> None:
    path = source(tmp_path, "abc")
    assert FileHashes(path / "impossible").sha256(path) == digest("abc")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read .*nothing.csv: No such file"):
        FileHashes(tmp_path).sha256(tmp_path / "nothing.csv")
