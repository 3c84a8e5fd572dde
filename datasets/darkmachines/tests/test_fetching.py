"""From an empty disk to scores: a small Zenodo on this machine, the command line, and what goes wrong on the way."""

from __future__ import annotations

import io
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from adbench.api.errors import DataError, MissingError, UnknownNameError, UsageError
from adbench.testing.zenodo import SmallZenodo, small_zenodo

Line = Callable[..., str]


def tar(**files: str) -> bytes:
    """An archive of text files; two underscores stand for a slash."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(name.replace("__", "/") + ".csv")
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return stream.getvalue()


@pytest.fixture
def zenodo(line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallZenodo]:
    monkeypatch.setenv("ADBENCH_CACHE_DIR", str(tmp_path / "cache"))
    background = "\n".join(line(met=250 + i, event=i) for i in range(200)) + "\n"
    signal = "\n".join(line(met=600 + i, event=i, process="glgl1400_neutralino1100") for i in range(40)) + "\n"
    other = line(process="w_jets") + "\n"
    training = tar(
        training_files__chan1__background_chan1_7=background,
        training_files__chan1__glgl1400_neutralino1100_chan1=signal,
        training_files__chan3__background_chan3_8=other,
    )
    secret = tar(secret_data__chan1__unlabeled_combined_chan1=background)
    with small_zenodo() as server:
        monkeypatch.setenv("ADBENCH_ZENODO", server.url)
        server.publish("3961917", {"training_files.tar": training})
        server.publish("4443151", {"secret_data.tar": secret})
        yield server


def adbench(*words: str) -> Result:
    from adbench.cli import cli

    return CliRunner().invoke(cli, list(words))


def fetch(*words: str) -> Result:
    return adbench("datasets", "fetch", "darkmachines", *words)


def test_from_an_empty_disk_to_scores(zenodo: SmallZenodo, tmp_path: Path) -> None:
    fetched = fetch("--channel", "1")
    assert fetched.exit_code == 0, fetched.output
    assert "fetched: 2 files" in fetched.output
    assert "licence: cc-by-4.0; cite" in fetched.output
    assert not (tmp_path / "cache/darkmachines/hackathon/training_files/chan3").exists()
    info = adbench("datasets", "info", "darkmachines", "--edition", "hackathon")
    assert "glgl1400_neutralino1100" in info.output, info.output
    results = str(tmp_path / "results")
    done = adbench(
        "run",
        "-d",
        "met",
        "--edition",
        "hackathon",
        "-c",
        "1",
        "--results",
        results,
        "--jobs",
        "1",
        "--max-events",
        "100",
    )
    assert done.exit_code == 0, done.output
    assert len(list((tmp_path / "results").rglob("scores.npz"))) == 1


def test_what_is_here_is_not_brought_again_and_other_channels_come_from_the_kept_archive(zenodo: SmallZenodo) -> None:
    fetch("--channel", "1")
    zenodo.asked.clear()
    again = fetch("--channel", "1", "--offline")
    assert "already here: 2 files" in again.output
    assert zenodo.asked == []
    more = fetch("--channel", "3")
    assert "fetched: 1 files" in more.output, more.output
    assert not any("training_files.tar" in path for path in zenodo.asked)
    assert "already here: 3 files" in fetch("--offline").output


def test_offline_and_not_here_names_the_command(zenodo: SmallZenodo) -> None:
    failed = fetch("--offline")
    assert isinstance(failed.exception, MissingError)
    assert str(failed.exception).endswith("adbench datasets fetch darkmachines --edition hackathon")
    assert zenodo.asked == []


def test_secret_events_say_that_they_need_a_background(zenodo: SmallZenodo) -> None:
    fetched = fetch("--edition", "secret")
    assert fetched.exit_code == 0, fetched.output
    assert "needs the background of edition hackathon" in fetched.output
    fetch("--channel", "1")
    assert "needs the background" not in fetch("--edition", "secret").output


def test_a_wrong_checksum_is_an_error_and_leaves_nothing(zenodo: SmallZenodo, tmp_path: Path) -> None:
    zenodo.records["3961917"]["files"][0]["checksum"] = "md5:" + "0" * 32
    failed = fetch()
    assert isinstance(failed.exception, DataError)
    assert "has twice another checksum" in str(failed.exception)
    assert not (tmp_path / "cache/darkmachines/hackathon").exists()
    assert not list((tmp_path / "cache").rglob("*.tar"))


def test_a_record_without_the_archive_lists_what_it_has(zenodo: SmallZenodo) -> None:
    zenodo.records["3961917"]["files"][0]["key"] = "training_file.tar"
    failed = fetch()
    assert "record 3961917 has no file training_files.tar. Did it become training_file.tar?" in str(failed.exception)


def test_a_mirror_serves_where_the_record_names_a_file_that_is_gone(zenodo: SmallZenodo) -> None:
    body = zenodo.files.pop("training_files.tar")
    assert isinstance(fetch().exception, MissingError)
    mirror = SmallZenodo()
    mirror.files["training_files.tar"] = body
    thread = threading.Thread(target=mirror.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        assert "fetched: 3 files" in fetch("--mirror", f"{mirror.url}/copies").output
    finally:
        mirror.shutdown()
        thread.join()
        mirror.server_close()


def test_a_hostile_archive_is_refused(zenodo: SmallZenodo, tmp_path: Path) -> None:
    zenodo.publish("3961917", {"training_files.tar": tar(**{"..__outside_chan1": "x"})})
    failed = fetch()
    assert isinstance(failed.exception, DataError)
    assert "leads out of the folder" in str(failed.exception)
    assert not (tmp_path / "cache/darkmachines/hackathon").exists()


@pytest.mark.parametrize(
    ("words", "error", "text"),
    [
        (("--edition", "hackaton"), UnknownNameError, "Did you mean hackathon"),
        (("--channel", "2c"), UnknownNameError, "channel of darkmachines"),
        (("--edition", "full", "--channel", "1"), UsageError, "leave out --channel"),
    ],
)
def test_wrong_words_are_named(zenodo: SmallZenodo, words: tuple[str, ...], error: type[Exception], text: str) -> None:
    failed = fetch(*words)
    assert isinstance(failed.exception, error)
    assert text in str(failed.exception)
    assert zenodo.asked == []


def test_two_at_once_do_not_spoil_each_other(zenodo: SmallZenodo) -> None:
    from adbench_darkmachines.editions import edition_folder, edition_of
    from adbench_darkmachines.fetching import fetch_edition

    edition, folder, failures = edition_of("hackathon"), edition_folder("hackathon"), []

    def one() -> None:
        try:
            fetch_edition(edition, folder, (), base=zenodo.url)
        except Exception as error:  # noqa: BLE001, whatever it is, the test shows it
            failures.append(error)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sum("training_files.tar" in path for path in zenodo.asked) == 1
