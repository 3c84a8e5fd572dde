"""Records, tasks, plans, scores and studies of other people: whatever they hold, the answer is a typed error."""

from __future__ import annotations

import dataclasses
import json
import math
import pickle
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adbench.api import DatasetOptions
from adbench.api.errors import AdbenchError, DataError, UsageError
from adbench.runs.heartbeat import read_pulse
from adbench.runs.key import RunIdentity
from adbench.runs.names import path_name
from adbench.runs.record import Record, read_record
from adbench.runs.scores import SampleScores, ScoreFile, write_scores
from adbench.runs.status import read_status
from adbench.runs.store import ResultsFolder
from adbench.runs.study import parse_seeds
from adbench.runs.studyfile import read_study
from adbench.runs.studywriting import write_study
from adbench.runs.task import Task

IDENTITY = RunIdentity("toys", "tiny", "f0", "own", "a", "met", 1, {"power": 1.0}, seed=0)
RECORD = Record(IDENTITY.key, IDENTITY, "ok", "", "met", scores=("met",), samples={"background": 3}, notes=("n",))
TASK = Task(IDENTITY, "met", "default", {}, DatasetOptions(), Path("results"))
DEEP = "[" * 20_000

settings.register_profile("readers", deadline=None)  # no timed assertions: the machine may be busy
settings.load_profile("readers")

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
awkward_names = st.sampled_from(["..", "../x", "a/b", "/etc", "", ".", ".hidden", "a\\b", "a\0", "a" * 300, "ä", "a\n"])


def spoiled(valid: dict[str, Any]) -> st.SearchStrategy[str]:
    """Return JSON in which one value, at any depth, was replaced by something, or a name by an awkward one."""
    places = list(_places(valid))

    def put(place: tuple[str, ...], value: Any) -> str:
        whole = json.loads(json.dumps(valid))
        inner = whole
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = value
        return json.dumps(whole)

    return st.builds(put, st.sampled_from(places), anything | awkward_names)


def _places(value: Any, at: tuple[str, ...] = ()) -> Any:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*at, key)
            yield from _places(inner, (*at, key))


def typed(read: Callable[[], Any]) -> Any:
    """Return what a reader returns; its own errors are fine, any other fails the test."""
    try:
        return read()
    except AdbenchError as error:
        said = str(error)
    assert "\n" not in said
    return None


@given(spoiled(json.loads(RECORD.to_json())) | st.text() | anything.map(json.dumps))
@example(DEEP)
@example('{"schema": 1e999}')
def test_records(text: str) -> None:
    record = typed(lambda: Record.from_json(text))
    if record is not None:
        assert Record.from_json(record.to_json()) == record or "NaN" in text
        typed(lambda: ResultsFolder(Path("x")).folder(record.identity))


@given(st.binary(max_size=200))
@example(b"\xff\xfe")
def test_files_of_records_and_signs_of_life(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        for name in ("record.json", "heartbeat.json"):
            (Path(folder) / name).write_bytes(content)
        typed(lambda: read_record(Path(folder)))
        assert read_pulse(Path(folder)).phase == "starting"


@given(spoiled(json.loads(TASK.to_json())) | st.text() | anything.map(json.dumps))
@example(DEEP)
def test_tasks(text: str) -> None:
    task = typed(lambda: Task.from_json(text))
    if task is not None:
        typed(lambda: ResultsFolder(task.results).work_folder(task.identity))


@pytest.mark.parametrize("value", [math.inf, math.nan, "\ud800"])
def test_an_identity_without_a_key_is_none(value: Any) -> None:
    stored = IDENTITY.as_dict()
    with pytest.raises(TypeError, match="a run has no key with such values"):
        RunIdentity.from_dict({**stored, "params": {**stored["params"], "power": value}})


@given(spoiled({"0": {"entry": "met", "identity": IDENTITY.as_dict()}}) | anything.map(json.dumps) | st.text())
@example(DEEP)
def test_plans(text: str) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "studies").mkdir()
        listed = text.replace('{"0": ', "[", 1)[:-1] + "]" if text.startswith('{"0": ') else text
        (Path(folder) / "studies" / "run.plan.json").write_text(listed, "utf-8", errors="replace")
        typed(lambda: read_status(ResultsFolder(Path(folder)), "run"))


@cache
def scores_file() -> bytes:
    sample = SampleScores({"met": np.arange(20.0)}, np.ones(20, np.float32), np.arange(20), np.arange(20))
    with TemporaryDirectory() as folder:
        write_scores(Path(folder) / "scores.npz", {"background": sample, "signal/x": sample})
        return (Path(folder) / "scores.npz").read_bytes()


def read_all(path: Path) -> None:
    with ScoreFile(path) as file:
        for sample in file.samples:
            file.background_for(sample)
            for score in file.score_names(sample):
                assert len(file.sample(sample, score).scores) == len(file.rows(sample))


@given(st.data())
@settings(max_examples=200)
def test_score_files(data: st.DataObject) -> None:
    content = bytearray(scores_file())
    for _ in range(data.draw(st.integers(0, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)) | st.just(len(content)))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "scores.npz"
        path.write_bytes(bytes(content[:cut]))
        typed(lambda: read_all(path))


class Marker:
    """Its unpickling would be noticed."""

    def __reduce__(self) -> tuple[Any, tuple[str, ...]]:
        return pytest.fail, ("a pickle of somebody else was executed",)


@pytest.mark.parametrize("kind", ["pickle", "object array", "array", "two-dimensional", "text", "lengths", "huge"])
def test_forged_score_files(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "scores.npz"
    harmful = np.array([Marker()], dtype=object)
    if kind == "pickle":
        path.write_bytes(pickle.dumps(Marker()))
    elif kind == "array":
        with path.open("wb") as file:
            np.save(file, np.arange(3))
    elif kind == "huge":
        described = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({10**17},)}}".ljust(117) + "\n"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("background|met.npy", b"\x93NUMPY\x01\x00v\x00" + described.encode())
    else:
        array = {"object array": harmful, "two-dimensional": np.ones((2, 2)), "text": np.array(["a"])}.get(kind)
        arrays = {"background|met": np.arange(3.0) if array is None else array, "background|.weights": np.ones(1)}
        np.savez(path, **arrays)  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"scores\.npz: "):
        read_all(path)


STUDY = {
    "name": "s",
    "dataset": {"name": "toys", "folds": 5, "raw": False},
    "channels": ["a"],
    "detectors": [{"met": {"power": 2.0}}],
    "seeds": [0, 1],
    "limits": {"max_events": 5},
    "figures": ["boxes"],
}


def read_text(text: str | bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "study.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "replace"))
        study = typed(lambda: read_study(path))
        if study is not None:
            typed(lambda: write_study(study, Path(folder) / "again.yaml"))


@given(spoiled(STUDY).map(lambda text: yaml.safe_dump(json.loads(text))) | st.text() | anything.map(json.dumps))
@example(DEEP)
@example("detectors: [2001-99-99]")
@example("detectors: [!!int '']")
@example("detectors: [!!python/object/apply:os.system ['true']]")
@example("seeds: 0:99999999999999999999\ndetectors: [met]")
@example("{[1]: 2}")
@example('{"\\n"}')
@example("a: &a [x, *a]")
def test_studies(text: str) -> None:
    read_text(text)


@given(st.binary(max_size=100))
def test_studies_that_are_no_text(content: bytes) -> None:
    read_text(content)


def test_a_study_that_would_grow_without_end_is_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 60)), "detectors: *a59"]
    (tmp_path / "study.yaml").write_text("\n".join(lines))
    with pytest.raises(UsageError, match=r"study.yaml:2: aliases such as \*a0 are not used here"):
        read_study(tmp_path / "study.yaml")


@given(st.text(alphabet="0123456789:,- x", max_size=30))
def test_seeds(text: str) -> None:
    typed(lambda: parse_seeds(text))


@given(st.text() | awkward_names)
def test_a_name_is_one_part_of_a_path(name: str) -> None:
    if typed(lambda: path_name("channel", name)) is not None:
        root = Path("/results")
        assert (root / name).parent == root
        assert (root / name).resolve() == root / name
        assert not name.startswith(".")


@given(awkward_names, st.sampled_from(["dataset", "channel", "detector"]))
def test_no_run_is_stored_outside_the_results_folder(name: str, field: str) -> None:
    identity = dataclasses.replace(IDENTITY, **{field: name})
    with pytest.raises(UsageError, match=f"{field} name .* cannot be part of a path"):
        ResultsFolder(Path("results")).folder(identity)
