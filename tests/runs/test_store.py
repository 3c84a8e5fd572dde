from __future__ import annotations

import dataclasses
import json
import os
import shutil
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from adbench.api import DataError, MissingError
from adbench.runs.heartbeat import Pulse
from adbench.runs.key import RunIdentity
from adbench.runs.record import Record, read_record
from adbench.runs.scores import SampleScores, ScoreFile, write_scores
from adbench.runs.store import ClaimedError, ResultsFolder

IDENTITY = RunIdentity("toys", "tiny", "f0", "own", "a", "met", 1, {"power": 1.0}, seed=0)


def record(reason: str = "", sha: str = "") -> Record:
    return Record(IDENTITY.key, IDENTITY, "ok", reason, "met", scores=("met",), scores_sha256=sha, notes=("a",))


def publish(store: ResultsFolder, reason: str = "") -> Path:
    return store.publish(store.claim(IDENTITY).work, record(reason)).folder


def test_a_published_run_is_found_and_listed(tmp_path: Path) -> None:
    store = ResultsFolder(tmp_path)
    assert store.find(IDENTITY) is None
    folder = publish(store)
    assert folder == tmp_path / "toys" / "a" / "met" / IDENTITY.key
    found = store.find(IDENTITY)
    assert found is not None
    assert found.record == record()
    assert [run.record.key for run in store] == [IDENTITY.key]


def test_unfinished_work_is_no_result(tmp_path: Path) -> None:
    store = ResultsFolder(tmp_path)
    (store.claim(IDENTITY).work / "record.json").write_text(record().to_json())
    assert store.find(IDENTITY) is None
    assert list(store) == []


def test_a_newer_result_replaces_an_older_one_whole(tmp_path: Path) -> None:
    store = ResultsFolder(tmp_path)
    (publish(store, "first") / "left_over.txt").write_text("old")
    folder = publish(store, "second")
    assert not (folder / "left_over.txt").exists()
    assert read_record(folder).reason == "second"  # type: ignore[union-attr]
    assert sorted(path.name for path in folder.parent.iterdir()) == [IDENTITY.key]


def test_a_failed_rerun_does_not_cost_the_scores(tmp_path: Path) -> None:
    store = ResultsFolder(tmp_path)
    work = store.claim(IDENTITY).work
    (work / "scores.npz").write_bytes(b"scores")
    folder = store.publish(work, record("first")).folder
    work = store.claim(IDENTITY).work
    (work / "log.txt").write_text("what went wrong")
    failed = store.publish(work, dataclasses.replace(record(), status="failed", reason="no GPU"))
    assert failed.record.reason == "no GPU"
    assert (folder / "scores.npz").read_bytes() == b"scores"
    assert read_record(folder).reason == "first"  # type: ignore[union-attr]
    assert (folder / "log-of-failed-rerun.txt").read_text() == "what went wrong"
    assert not work.exists()
    rerun = store.find_failed_rerun(IDENTITY)
    assert rerun is not None
    assert rerun.record.reason == "no GPU"
    assert [run.record.reason for run in store] == ["first"]


def test_results_merge_by_copying(tmp_path: Path) -> None:
    here, there = ResultsFolder(tmp_path / "here"), ResultsFolder(tmp_path / "there")
    publish(there)
    shutil.copytree(there.root, here.root, dirs_exist_ok=True)
    assert here.find(IDENTITY) is not None


def dead(folder: Path) -> None:
    """Make a work folder look like that of a process that is gone."""
    (folder / "heartbeat.json").write_text(
        json.dumps(dataclasses.asdict(Pulse(socket.gethostname(), 2**22 + 1, 0, 0.0)))
    )


def test_a_run_that_a_living_process_is_doing_cannot_be_claimed(tmp_path: Path) -> None:
    store = ResultsFolder(tmp_path)
    store.claim(IDENTITY)
    with pytest.raises(ClaimedError, match=f"is being done by process {os.getpid()} on"):
        store.claim(IDENTITY)


def test_what_a_dead_process_left_is_taken_over(tmp_path: Path) -> None:
    store = ResultsFolder(tmp_path)
    first = store.claim(IDENTITY)
    (first.work / "log.txt").write_text("so far")
    dead(first.work)
    second = store.claim(IDENTITY)
    assert second.work == first.work
    assert [path.name for path in second.work.iterdir()] == ["heartbeat.json"]
    left = second.left_over("log.txt")
    assert left is not None
    assert left.read_text() == "so far"
    assert second.left_over("model") is None
    second.discard()
    assert not left.exists()


def test_of_many_who_claim_at_once_one_succeeds(tmp_path: Path) -> None:
    store = ResultsFolder(tmp_path)
    dead(store.claim(IDENTITY).work)

    def attempt(_: int) -> bool:
        try:
            store.claim(IDENTITY)
        except ClaimedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1


def test_sweeping_removes_what_the_dead_left_but_not_their_models(tmp_path: Path) -> None:
    store = ResultsFolder(tmp_path)
    publish(store)
    other = dataclasses.replace(IDENTITY, seed=1)
    trained, alive = dataclasses.replace(IDENTITY, seed=2), dataclasses.replace(IDENTITY, seed=3)
    for identity in (other, trained):
        dead(store.claim(identity).work)
    (store.work_folder(trained) / "model").mkdir()
    (store.work_folder(trained) / "model" / "model.json").write_text("{}")
    store.claim(alive)
    assert store.sweep() == 1
    assert not store.work_folder(other).exists()
    assert store.work_folder(trained).exists()
    assert store.work_folder(alive).exists()
    assert store.find(IDENTITY) is not None
    assert not list(tmp_path.rglob(".trash-*"))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MissingError, match=r"file: .*choose another folder with --results"):
        ResultsFolder(tmp_path / "file").claim(IDENTITY)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": 1}', '{"schema": "x"}', "null"])
def test_a_damaged_record_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "record.json").write_text(text)
    with pytest.raises(DataError, match=r"record.json: damaged record"):
        read_record(tmp_path)


def test_a_record_of_a_newer_schema_is_refused(tmp_path: Path) -> None:
    (tmp_path / "record.json").write_text(record().to_json().replace('"schema": 1', '"schema": 99', 1))
    with pytest.raises(DataError, match="written by a newer adbench"):
        read_record(tmp_path)


def test_scores_come_back_as_written(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    background = SampleScores(
        {"met": rng.normal(size=7), "ht": rng.normal(size=7).astype(np.float32)},
        np.full(7, 2.0, np.float32),
        np.arange(7),
        np.arange(7) // 2,
        folds=np.zeros(7, np.int16),
        log_prob=-np.arange(7.0),
    )
    signal = SampleScores({"met": np.ones(3), "ht": np.ones(3)}, np.ones(3, np.float32), np.arange(3), np.arange(3))
    samples = {"background": background, "signal/x": signal, "target/x/background": background}
    write_scores(tmp_path / "scores.npz", samples)
    with ScoreFile(tmp_path / "scores.npz") as file:
        assert file.samples == ("background", "signal/x", "target/x/background")
        assert file.signals == ("x",)
        assert file.score_names("background") == ("met", "ht")
        assert file.background_for("x") == "target/x/background"
        assert file.background_for("y") == "background"
        read = file.sample("background", "ht")
        np.testing.assert_array_equal(read.scores, background.scores["ht"].astype(np.float64))
        np.testing.assert_array_equal(read.weights, 2.0)
        np.testing.assert_array_equal(read.sources, np.arange(7) // 2)
        np.testing.assert_array_equal(read.log_prob, -np.arange(7.0))
        assert file.sample("signal/x", "met").folds is None
        with pytest.raises(DataError, match="no score 'mass' for sample 'background'"):
            file.sample("background", "mass")


def test_the_same_scores_give_the_same_bytes(tmp_path: Path) -> None:
    sample = SampleScores({"s": np.arange(5.0)}, np.ones(5, np.float32), np.arange(5), np.arange(5))
    hashes = {write_scores(tmp_path / f"{name}.npz", {"background": sample}) for name in "ab"}
    assert len(hashes) == 1
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_truncated_score_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "scores.npz").write_bytes(b"PK")
    with pytest.raises(DataError, match=r"scores\.npz: cannot be read"):
        ScoreFile(tmp_path / "scores.npz")
