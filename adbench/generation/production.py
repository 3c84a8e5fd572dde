"""As many accepted events of each recipe as are wanted, made in chunks that are kept as files, so a run can continue.

A chunk is a fixed number of generated events with a seed of its own. What a sample holds depends on its recipe, the
seed and the number of events alone: the first accepted events in the order of the chunks. A larger sample of the same
recipe therefore begins with the smaller one, and takes up its chunks.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from adbench.api.errors import DataError
from adbench.generation import pythia
from adbench.generation.kinematics import Array
from adbench.generation.progress import Progress
from adbench.generation.pythia import Entries
from adbench.generation.workers import save_whole, side_by_side

__all__ = ["EVENT", "Recipe", "Sample", "Task", "make_chunk", "produce"]

EVENT = "event"
"""The array of a selection that holds the generated event of each accepted one, from 0 in its batch."""
MARGIN = 1.05  # more than needed, so that one round of chunks usually suffices
HOPELESS = 50  # chunks without an accepted event after which a recipe is given up

Select = Callable[[Entries, np.random.Generator], Mapping[str, Array]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How events of one kind are made.

    Attributes:
        key: name, used for folders and messages.
        settings: Pythia's.
        select: measures and selects a batch of generated events; a function of a module, so that it can be sent to
            other processes. It returns arrays with a row per accepted event (or jet), `EVENT` among them.
        version: text that changes when `select` gives other numbers.
        chunk_events: generated events per chunk.
    """

    key: str
    settings: tuple[str, ...]
    select: Select
    version: str
    chunk_events: int = 1000


@dataclass(frozen=True, slots=True)
class Task:
    """A chunk of a recipe: all that determines its bytes, and the folder where it is kept."""

    recipe: Recipe
    index: int
    seed: int
    work: Path

    @property
    def slice_key(self) -> str:
        """The recipe's name."""
        return self.recipe.key

    @property
    def events(self) -> int:
        """Generated events."""
        return self.recipe.chunk_events

    @property
    def digest(self) -> bytes:
        """Hash of everything that changes the events."""
        recipe = self.recipe
        described = (recipe.key, recipe.settings, recipe.version, recipe.chunk_events, self.seed, self.index)
        return hashlib.sha256(repr(described).encode()).digest()

    @property
    def path(self) -> Path:
        """File of the finished chunk."""
        return self.work / self.slice_key / f"{self.index:05d}-{self.digest.hex()[:12]}.npz"


@dataclass(frozen=True, slots=True)
class Sample:
    """The accepted events of a recipe.

    Attributes:
        arrays: as its selection gives them; `EVENT` numbers the generated events of all chunks.
        generated: generated events that were needed.
        accepted: accepted ones among them, of which the wanted number is kept.
        cross_section: leading-order, in pb, of what Pythia was asked for: the mean of the chunks' estimates.
    """

    arrays: Mapping[str, Array]
    generated: int
    accepted: int
    cross_section: float


def make_chunk(task: Task) -> tuple[Task, float]:
    """Generate, measure and select one chunk, and store it; return the task and the seconds that it took."""
    start = time.perf_counter()
    digest = task.digest
    rng = np.random.default_rng(int.from_bytes(digest[8:24], "little"))
    engine = pythia.configure(task.recipe.settings, int.from_bytes(digest[:8], "little"))
    found: list[dict[str, Array]] = []
    first = 0
    for entries in pythia.batches(engine, task.events):
        arrays = dict(task.recipe.select(entries, rng))
        arrays[EVENT] = arrays[EVENT] + first
        found.append(arrays)
        first += entries.n_events
    joined = {name: np.concatenate([arrays[name] for arrays in found]) for name in found[0]}
    save_whole(task.path, sigma=np.array(pythia.cross_section(engine)), **joined)
    return task, time.perf_counter() - start


def produce(
    wanted: Mapping[str, int], recipes: Sequence[Recipe], seed: int, work: Path, jobs: int = 1
) -> dict[str, Sample]:
    """Make the wanted number of events of each recipe, by key; finished chunks in `work` are used again.

    Raises:
        DataError: a recipe gives no accepted event at all.
    """
    chosen = [recipe for recipe in recipes if wanted.get(recipe.key, 0) > 0]
    goal = {recipe.key: 1 for recipe in chosen}
    counts: dict[str, list[int]] = {recipe.key: [] for recipe in chosen}
    progress, number = Progress(jobs), 0
    while True:
        tasks = [
            Task(recipe, index, seed, work)
            for recipe in chosen
            for index in range(len(counts[recipe.key]), goal[recipe.key])
        ]
        if not tasks:
            break
        number += 1
        progress.round(number, tasks, goal)
        for task, seconds in side_by_side(make_chunk, [task for task in tasks if not task.path.exists()], jobs):
            progress.finished(task, seconds)
        for task in tasks:
            with np.load(task.path) as stored:
                counts[task.slice_key].append(len(stored[EVENT]))
        goal = {recipe.key: _chunks(recipe.key, wanted[recipe.key], counts[recipe.key]) for recipe in chosen}
    return {recipe.key: _gathered(recipe, wanted[recipe.key], counts[recipe.key], seed, work) for recipe in chosen}


def _chunks(key: str, wanted: int, counts: Sequence[int]) -> int:
    """Decide how many chunks a recipe should have after the next round."""
    accepted = sum(counts)
    if accepted >= wanted:
        return len(counts)
    if accepted == 0 and len(counts) >= HOPELESS:
        msg = f"{key}: no event of {len(counts)} chunks is accepted"
        raise DataError(msg)
    return max(len(counts) + 1, math.ceil(MARGIN * wanted * len(counts) / max(accepted, 1))) if accepted else HOPELESS


def _gathered(recipe: Recipe, wanted: int, counts: Sequence[int], seed: int, work: Path) -> Sample:
    """Read the chunks that hold the first `wanted` accepted events."""
    needed = int(np.searchsorted(np.cumsum(counts), wanted)) + 1
    found: list[dict[str, Array]] = []
    sigmas = []
    for index in range(needed):
        with np.load(Task(recipe, index, seed, work).path) as stored:
            arrays = {name: stored[name] for name in stored.files if name != "sigma"}
            sigmas.append(float(stored["sigma"]))
        arrays[EVENT] = arrays[EVENT].astype(np.int64) + index * recipe.chunk_events
        found.append(arrays)
    joined = {name: np.concatenate([arrays[name] for arrays in found])[:wanted] for name in found[0]}
    return Sample(joined, needed * recipe.chunk_events, sum(counts[:needed]), float(np.mean(sigmas)))
