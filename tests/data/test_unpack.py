from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from adbench.api.errors import DataError
from adbench.data.unpack import unpack


def tar(path: Path, *members: tuple[str, bytes, bytes], mode: str = "w:") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "elsewhere"
            info.size = len(content) if kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(content))
    return path


GOOD = ("chan1/a.csv", tarfile.REGTYPE, b"one")


@pytest.mark.parametrize(
    ("name", "kind", "why"),
    [
        ("../a", tarfile.REGTYPE, "leads out"),
        ("/a", tarfile.REGTYPE, "leads out"),
        ("chan1/../../a", tarfile.REGTYPE, "leads out"),
        ("l", tarfile.SYMTYPE, "is a link"),
        ("l", tarfile.LNKTYPE, "is a link"),
        ("d", tarfile.CHRTYPE, "neither a plain file"),
        ("p", tarfile.FIFOTYPE, "neither a plain file"),
        ("chan1/a.csv", tarfile.REGTYPE, "is in it twice"),
        ("chan1/A.csv", tarfile.REGTYPE, "is in it twice"),
    ],
)
def test_hostile_archives_leave_nothing(tmp_path: Path, name: str, kind: bytes, why: str) -> None:
    archive = tar(tmp_path / "x.tar", GOOD, (name, kind, b""))
    with pytest.raises(DataError, match=why):
        unpack(archive, tmp_path / "to")
    assert list(tmp_path.iterdir()) == [archive]


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    archive = tar(tmp_path / "x.tgz", ("a", tarfile.REGTYPE, bytes(20_000_000)), mode="w:gz")
    with pytest.raises(DataError, match="makes it more than"):
        unpack(archive, tmp_path / "to")


@pytest.mark.parametrize("mode", ["w:", "w:gz"])
def test_a_damaged_archive_is_named(tmp_path: Path, mode: str) -> None:
    import random

    content = random.Random(1).randbytes(100_000)
    archive = tar(tmp_path / "x.tar", ("a", tarfile.REGTYPE, content), mode=mode)
    archive.write_bytes(archive.read_bytes()[:50_000])
    with pytest.raises(DataError, match=r"x.tar is damaged"):
        unpack(archive, tmp_path / "to")
    assert not (tmp_path / "to").exists()


def test_wanted_files_join_those_that_are_there(tmp_path: Path) -> None:
    archive = tar(tmp_path / "x.tar", GOOD, ("chan3/b.csv", tarfile.REGTYPE, b"two"))
    first = unpack(archive, tmp_path / "to", wanted=lambda name: name.startswith("chan1"))
    assert first.files == {"chan1/a.csv": 3}
    assert first.left_out == ("chan3/b.csv",)
    unpack(archive, tmp_path / "to", wanted=lambda name: name.startswith("chan3"))
    assert (tmp_path / "to/chan1/a.csv").read_bytes() + (tmp_path / "to/chan3/b.csv").read_bytes() == b"onetwo"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["to", "x.tar"]


def test_zips_are_held_to_the_same_rules(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a/b.csv", "one")
    assert unpack(tmp_path / "x.zip", tmp_path / "to").files == {"a/b.csv": 3}
    with zipfile.ZipFile(tmp_path / "y.zip", "w") as archive:
        archive.writestr("../b.csv", "one")
    with pytest.raises(DataError, match="leads out"):
        unpack(tmp_path / "y.zip", tmp_path / "two")
