"""Files of a record: fetched once, checked, taken up, refused without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adbench.api.errors import DataError, MissingError
from adbench.data.record import Fetched, fetch_files
from adbench.testing.zenodo import SmallZenodo, small_zenodo

COMMAND = "adbench datasets fetch toys"


@pytest.fixture
def zenodo() -> Iterator[SmallZenodo]:
    with small_zenodo() as server:
        server.publish("7", {"a.h5": b"first", "b.h5": b"second"})
        yield server


def fetch(zenodo: SmallZenodo, folder: Path, *names: str, offline: bool = False) -> Fetched:
    return fetch_files("7", names, folder, base=zenodo.url, command=COMMAND, offline=offline)


def test_files_come_once(zenodo: SmallZenodo, tmp_path: Path) -> None:
    assert fetch(zenodo, tmp_path / "new", "a.h5") == Fetched({"a.h5": 5}, True, "cc-by-4.0")
    assert (tmp_path / "new" / "a.h5").read_bytes() == b"first"
    both = fetch(zenodo, tmp_path / "new", "a.h5", "b.h5")
    assert both == Fetched({"a.h5": 5, "b.h5": 6}, True, "cc-by-4.0")
    assert sum("a.h5" in path for path in zenodo.asked) == 1
    asked = len(zenodo.asked)
    assert fetch(zenodo, tmp_path / "new", "a.h5", "b.h5", offline=True).fresh is False
    assert len(zenodo.asked) == asked


def test_a_file_that_was_cut_off_is_fetched_again(zenodo: SmallZenodo, tmp_path: Path) -> None:
    fetch(zenodo, tmp_path, "a.h5")
    (tmp_path / "a.h5").write_bytes(b"fir")
    assert fetch(zenodo, tmp_path, "a.h5").fresh
    assert (tmp_path / "a.h5").read_bytes() == b"first"


def test_offline_names_what_is_missing_and_the_command(zenodo: SmallZenodo, tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=rf"b\.h5 of record 7 is not in .*network: {COMMAND}"):
        fetch(zenodo, tmp_path, "b.h5", offline=True)
    assert zenodo.asked == []


def test_a_file_that_the_record_lacks_is_named_with_the_nearest(zenodo: SmallZenodo, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"record 7 has no file a\.hdf5\. Did it become a\.h5"):
        fetch(zenodo, tmp_path, "a.hdf5")


def test_a_wrong_checksum_ends_the_fetch(zenodo: SmallZenodo, tmp_path: Path) -> None:
    zenodo.files["a.h5"] = b"other"
    with pytest.raises(DataError, match="twice another checksum"):
        fetch(zenodo, tmp_path, "a.h5")
    assert not (tmp_path / "a.h5").exists()
