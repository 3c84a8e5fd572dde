"""A chunk: a few thousand generated events of one slice, the unit of work, of seeding and of resuming."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from adbench.generation.kinematics import Array
from adbench.generation.workers import save_whole
from adbench_darkmachines.generator import pythia
from adbench_darkmachines.generator.particles import Particles
from adbench_darkmachines.generator.processes import Process, Slice
from adbench_darkmachines.generator.reconstruction import Met, measure, record
from adbench_darkmachines.generator.records import Records
from adbench_darkmachines.selection import CHANNELS, passes_channel

DETECTOR_VERSION = 2  # raise it when a number of the detector or of the reconstruction changes


@dataclass(frozen=True, slots=True)
class ChunkTask:
    """All that determines a chunk's bytes, and the folder where it is kept."""

    process: Process
    slice: Slice
    index: int
    events: int
    seed: int
    met: Met
    work: Path

    @property
    def slice_key(self) -> str:
        """Process and slice, as used in file names and in the manifest."""
        return f"{self.process.key}-{self.slice.name}"

    @property
    def digest(self) -> bytes:
        """Hash of everything that changes the events of the slice, and of the chunk's number."""
        described = (self.process.settings, self.slice.settings, self.process.slha, self.slice.copies, self.events)
        text = repr((described, self.met, self.seed, DETECTOR_VERSION, self.slice_key, self.index))
        return hashlib.sha256(text.encode()).digest()

    @property
    def path(self) -> Path:
        """File of the finished chunk."""
        return self.work / self.slice_key / f"{self.index:05d}-{self.digest.hex()[:12]}.npz"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Accepted events of a chunk.

    Attributes:
        generated: generated events.
        attempts: passes through detector and response; each stands for the same luminosity.
        cross_section: in pb.
        accepted: passes inside each channel (channels,), in the order of `CHANNELS`.
        passes: (n, channels) which of the kept events belong to which channel; at most `Slice.keep` of one generated
            event are kept per channel.
        records: the kept events.
    """

    generated: int
    attempts: int
    cross_section: float
    accepted: Array
    passes: Array
    records: Records


def generate(task: ChunkTask) -> Chunk:
    """Generate, reconstruct and select one chunk; the same task always gives the same events."""
    digest = task.digest
    rng = np.random.default_rng(int.from_bytes(digest[8:24], "little"))
    engine = pythia.configure(
        (*task.process.settings, *task.slice.settings), int.from_bytes(digest[:8], "little"), task.process.slha
    )
    kept: list[Records] = []
    masks: list[Array] = []
    accepted = np.zeros(len(CHANNELS), dtype=np.int64)
    first_source = 0
    for particles, top_sign in pythia.batches(engine, task.events):
        seen = np.zeros((particles.n_events, len(CHANNELS)), dtype=np.int64)
        for records in _passes_through_detector(particles, task, rng):
            objects, kinds = records.padded()
            passes = np.column_stack([passes_channel(channel, objects, kinds, records.met) for channel in CHANNELS])
            accepted += passes.sum(axis=0)
            seen += passes
            passes &= seen <= task.slice.keep
            chosen = np.flatnonzero(passes.any(axis=1))
            label = np.where(top_sign < 0, 1, 0) if len(task.process.names) == 2 else np.zeros(len(records))
            event = records.take(chosen)
            kept.append(event.labelled(event.source + first_source, label[chosen]))
            masks.append(passes[chosen])
        first_source += particles.n_events
    return Chunk(
        generated=task.events,
        attempts=task.events * task.slice.copies * task.slice.draws,
        cross_section=pythia.cross_section(engine),
        accepted=accepted,
        passes=np.concatenate(masks),
        records=Records.concatenate(kept),
    )


def _passes_through_detector(particles: Particles, task: ChunkTask, rng: np.random.Generator) -> Iterator[Records]:
    """Reconstruct a batch `copies` times, turned and mirrored, each with `draws` sets of jet responses."""
    n = particles.n_events
    for copy in range(task.slice.copies):
        turned = particles.rotated(rng.uniform(-np.pi, np.pi, n), rng.random(n) < 0.5) if copy else particles
        measured = measure(turned, rng, task.met)
        for _ in range(task.slice.draws):
            yield record(measured, rng)


def run_chunk(task: ChunkTask) -> tuple[ChunkTask, float]:
    """Make a chunk and store it; return the task and the seconds that it took."""
    start = time.perf_counter()
    save_chunk(task, generate(task))
    return task, time.perf_counter() - start


def save_chunk(task: ChunkTask, chunk: Chunk) -> None:
    """Write a chunk so that a kill at any moment leaves either the whole file or none."""
    columns = {field.name: getattr(chunk.records, field.name) for field in fields(Records)}
    totals = np.array([chunk.generated, chunk.attempts, chunk.cross_section])
    save_whole(task.path, passes=chunk.passes, accepted=chunk.accepted, totals=totals, **columns)


def load_chunk(task: ChunkTask) -> Chunk | None:
    """Read a finished chunk; None if there is none."""
    if not task.path.exists():
        return None
    with np.load(task.path) as stored:
        records = Records(**{field.name: stored[field.name] for field in fields(Records)})
        generated, attempts, cross_section = stored["totals"]
        return Chunk(int(generated), int(attempts), float(cross_section), stored["accepted"], stored["passes"], records)
