"""Quotas, resuming and the order of chunks, with chunks that cost nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from adbench.api.errors import DataError, MissingError
from adbench.generation import production, pythia
from adbench.generation.production import EVENT, Recipe, Sample, Task, produce
from adbench.generation.workers import save_whole


def never(entries: pythia.Entries, rng: np.random.Generator) -> dict[str, np.ndarray]:
    raise AssertionError


EASY, HARD, NONE = (Recipe(key, ("a",), never, "1", chunk_events=100) for key in ("easy", "hard", "none"))
SHARE = {"easy": 0.5, "hard": 0.02, "none": 0.0}


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch) -> list[Task]:
    """Chunks that hold random numbers of their seed, accepted with a probability."""
    tasks: list[Task] = []

    def make(task: Task) -> tuple[Task, float]:
        tasks.append(task)
        rng = np.random.default_rng(int.from_bytes(task.digest[:8], "little"))
        event = np.flatnonzero(rng.random(task.events) < SHARE[task.recipe.key])
        save_whole(task.path, sigma=np.array(2.0), **{EVENT: event, "x": rng.random(len(event))})
        return task, 0.1

    monkeypatch.setattr(production, "make_chunk", make)
    return tasks


def run(work: Path, **wanted: int) -> dict[str, Sample]:
    return produce(wanted, (EASY, HARD, NONE), 1, work)


def test_exactly_what_is_wanted_with_distinct_sources(tmp_path: Path) -> None:
    found = run(tmp_path, easy=333, hard=17)
    assert {name: len(sample.arrays["x"]) for name, sample in found.items()} == {"easy": 333, "hard": 17}
    for sample in found.values():
        event = sample.arrays[EVENT]
        assert len(np.unique(event)) == len(event)
        assert event.max() < sample.generated
        assert sample.accepted >= len(event)
        assert sample.cross_section == 2.0


def test_a_larger_sample_begins_with_the_smaller_one_and_uses_its_chunks(tmp_path: Path, made: list[Task]) -> None:
    small = run(tmp_path, easy=120)["easy"]
    first = len(made)
    large = run(tmp_path, easy=900)["easy"]
    assert np.array_equal(large.arrays["x"][:120], small.arrays["x"])
    assert len({task.path for task in made}) == len(made)
    assert len(made) > first


def test_an_interrupted_production_goes_on(tmp_path: Path, made: list[Task], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = run(tmp_path / "a", easy=400)["easy"]
    make, count = production.make_chunk, iter(range(3))

    def killed(task: Task) -> tuple[Task, float]:
        if next(count, None) is None:
            raise KeyboardInterrupt
        return make(task)

    monkeypatch.setattr(production, "make_chunk", killed)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "b", easy=400)
    monkeypatch.setattr(production, "make_chunk", make)
    again = run(tmp_path / "b", easy=400)["easy"]
    assert np.array_equal(again.arrays["x"], whole.arrays["x"])


def test_the_seed_the_settings_and_the_version_change_a_chunk_and_the_folder_does_not(tmp_path: Path) -> None:
    tasks = [
        Task(EASY, 0, 1, tmp_path),
        Task(EASY, 0, 2, tmp_path),
        Task(EASY, 1, 1, tmp_path),
        Task(Recipe("easy", ("b",), never, "1", 100), 0, 1, tmp_path),
        Task(Recipe("easy", ("a",), never, "2", 100), 0, 1, tmp_path),
        Task(Recipe("easy", ("a",), never, "1", 200), 0, 1, tmp_path),
    ]
    assert len({task.digest for task in tasks}) == len(tasks)
    assert Task(EASY, 0, 1, tmp_path / "other").digest == tasks[0].digest


def test_a_recipe_that_gives_nothing_ends_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="none: no event of 50 chunks is accepted"):
        run(tmp_path, none=1)


def test_an_unfinished_file_is_not_a_chunk(tmp_path: Path, made: list[Task]) -> None:
    path = Task(EASY, 0, 1, tmp_path).path
    path.parent.mkdir(parents=True)
    path.with_suffix(".123.partial").write_bytes(b"half")
    run(tmp_path, easy=10)
    assert [task.index for task in made] == [0]


def test_without_its_packages_the_generator_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    fix = r"needs pythia8mc, fastjet, awkward: pip install -c constraints.txt -e 'datasets/jets\[generate\]'"
    with pytest.raises(MissingError, match=fix):
        pythia.require_generator("datasets/jets")


@pytest.fixture
def _pythia() -> None:
    pytest.importorskip("pythia8mc", reason="pythia8mc of an extra [generate] is not installed; run make test-all")


@pytest.mark.usefixtures("_pythia")
def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(ValueError, match="does not know the setting 'HardQCD:everything=on'"):
        pythia.configure(("HardQCD:everything=on",), 1)


@pytest.mark.usefixtures("_pythia")
def test_event_records_are_flat_and_conserve_momentum() -> None:
    settings = ("Beams:eCM=13000", "PartonLevel:MPI=off", "Top:gg2ttbar=on")
    (entries,) = pythia.batches(pythia.configure(settings, 1), 3)
    assert entries.n_events == 3
    assert np.all(np.diff(entries.event) >= 0)
    final = entries.status > 0
    for column, total in ((entries.px, 0.0), (entries.py, 0.0), (entries.pz, 0.0), (entries.e, 13000.0)):
        sums = np.bincount(entries.event[final], column[final], 3)
        assert sums == pytest.approx(np.full(3, total), abs=0.1)
    top = np.abs(entries.pdg) == 6
    assert np.array_equal(entries.event[entries.mother[top]], entries.event[top])
