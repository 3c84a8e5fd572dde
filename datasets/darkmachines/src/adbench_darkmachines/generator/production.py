"""Rounds of chunks until every channel and signal has its events; finished chunks are files, so a run can continue."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from adbench.generation.progress import Progress
from adbench.generation.workers import side_by_side
from adbench_darkmachines.generator.chunks import Chunk, ChunkTask, load_chunk, run_chunk
from adbench_darkmachines.generator.mixture import SliceYield, accepted_cross_sections, process_luminosities
from adbench_darkmachines.generator.processes import BACKGROUNDS, Process, Slice
from adbench_darkmachines.generator.reconstruction import Met
from adbench_darkmachines.generator.signals import SIGNALS
from adbench_darkmachines.selection import CHANNELS

MARGIN = 1.08  # more than needed, so that the last random ups and downs do not limit a process
GROWTH = 8  # chunks per slice grow at most by this factor per round: early efficiencies are uncertain
ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Plan:
    """What to produce.

    Attributes:
        seed: of everything.
        events: background events per channel (training, validation and test together).
        signal_events: events per signal and channel.
        signals: names per channel.
        caps: largest share of a process in a channel, by (channel, process).
        chunk_events: generated events per chunk, for backgrounds and for signals.
    """

    seed: int
    events: int
    signal_events: int
    signals: Mapping[str, Sequence[str]]
    work: Path
    caps: Mapping[tuple[str, str], float] = field(default_factory=dict)
    met: Met = "calorimeter"
    backgrounds: tuple[Process, ...] = BACKGROUNDS
    chunk_events: tuple[int, int] = (4000, 1000)

    def background_slices(self) -> list[tuple[Process, Slice]]:
        """List the background slices that serve a planned channel."""
        return [(p, s) for p in self.backgrounds for s in p.slices if set(s.channels) & set(self.signals)]

    def signal_slices(self) -> list[tuple[Process, Slice]]:
        """List the slices of all planned signals."""
        names = dict.fromkeys(name for channel in self.signals.values() for name in channel)
        return [(SIGNALS[name], SIGNALS[name].slices[0]) for name in names]

    def caps_of(self, channel: str) -> dict[str, float]:
        """Return the caps of one channel by process."""
        return {process: share for (where, process), share in self.caps.items() if where == channel}

    def tasks(self, process: Process, part: Slice, chunks: int) -> list[ChunkTask]:
        """List the first chunks of a slice."""
        size = self.chunk_events[process.key in SIGNALS]
        return [ChunkTask(process, part, k, size, self.seed, self.met, self.work) for k in range(chunks)]

    def max_chunks(self, process: Process, part: Slice) -> int:
        """Return the number of chunks beyond which a slice is not extended."""
        return max(1, part.max_events // self.chunk_events[process.key in SIGNALS])


SliceKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Produced:
    """Finished chunks by (process, slice)."""

    chunks: Mapping[SliceKey, Sequence[Chunk]]

    def cross_section(self, process: Process, part: Slice) -> float:
        """Cross-section in pb, scaled to the challenge's: the mean of Pythia's estimates over the chunks."""
        return process.k_factor * float(np.mean([chunk.cross_section for chunk in self.chunks[process.key, part.name]]))

    def slice_yield(self, process: Process, part: Slice, channel: str) -> SliceYield:
        """Count what a slice gives for a channel."""
        chunks = self.chunks[process.key, part.name]
        column = list(CHANNELS).index(channel)
        return SliceYield(
            process=process.key,
            name=part.name,
            cross_section=self.cross_section(process, part),
            attempts=sum(chunk.attempts for chunk in chunks),
            accepted=sum(int(chunk.accepted[column]) for chunk in chunks),
            kept=sum(int(chunk.passes[:, column].sum()) for chunk in chunks),
        )

    def channel_yields(self, plan: Plan, channel: str) -> list[SliceYield]:
        """Count what all background slices give for a channel."""
        return [self.slice_yield(p, s, channel) for p, s in plan.background_slices() if channel in s.channels]


def produce(plan: Plan, jobs: int = 1) -> Produced:
    """Run rounds of chunks until the plan is met or every slice is at its limit.

    What is generated depends on the plan alone: each round is decided from complete chunks of the rounds before.
    """
    slices = [*plan.background_slices(), *plan.signal_slices()]
    wanted = {(p.key, s.name): 1 for p, s in slices}
    chunks: dict[SliceKey, list[Chunk]] = {key: [] for key in wanted}
    progress, goal = Progress(jobs), wanted
    for number in range(1, ROUNDS + 1):
        tasks = [t for p, s in slices for t in plan.tasks(p, s, wanted[p.key, s.name])[len(chunks[p.key, s.name]) :]]
        if not tasks:
            break
        progress.round(number, tasks, {f"{process}-{name}": n for (process, name), n in goal.items()})
        for task, seconds in side_by_side(run_chunk, [task for task in tasks if not task.path.exists()], jobs):
            progress.finished(task, seconds)
        for task in tasks:
            chunk = load_chunk(task)
            if chunk is None:
                raise FileNotFoundError(f"{task.path} vanished during production")
            chunks[task.process.key, task.slice.name].append(chunk)
        goal = _wanted(plan, Produced(chunks), wanted, math.inf)
        wanted = _wanted(plan, Produced(chunks), wanted, GROWTH)
    return Produced(chunks)


def _wanted(plan: Plan, produced: Produced, current: Mapping[SliceKey, int], growth: float) -> dict[SliceKey, int]:
    """Decide how many chunks each slice should have after the next round, in which it may grow by some factor."""
    generated = dict.fromkeys(current, 0.0)
    for channel in plan.signals:
        yields = produced.channel_yields(plan, channel)
        reach = _reach(plan, produced, channel)
        try:
            target, _ = process_luminosities(accepted_cross_sections(yields), plan.events, plan.caps_of(channel), reach)
        except ValueError:  # not enough even at all limits, as far as known: generate all, then see
            target = reach
        for process, part in plan.background_slices():
            if channel in part.channels and process.key in target:
                found = produced.slice_yield(process, part, channel)
                attempts = MARGIN * target[process.key] / found.luminosity * found.attempts
                key = process.key, part.name
                generated[key] = max(generated[key], attempts / part.passes)
    for process, part in plan.signal_slices():
        for channel in part.channels:
            if process.key in plan.signals.get(channel, ()):
                found = produced.slice_yield(process, part, channel)
                needed = MARGIN * plan.signal_events * found.attempts / max(found.kept, 1) / part.passes
                generated[process.key, part.name] = max(generated[process.key, part.name], needed)
    wanted = {}
    for process, part in [*plan.background_slices(), *plan.signal_slices()]:
        key = process.key, part.name
        chunks = math.ceil(generated[key] / plan.chunk_events[process.key in SIGNALS])
        limited = min(chunks, plan.max_chunks(process, part), growth * current[key])
        wanted[key] = max(current[key], int(limited))
    return wanted


def _reach(plan: Plan, produced: Produced, channel: str) -> dict[str, float]:
    """Return the luminosity [1/pb] that each process can have in a channel when its slices are at their limits."""
    reach: dict[str, float] = {}
    for process, part in plan.background_slices():
        if channel in part.channels:
            size = plan.chunk_events[process.key in SIGNALS]
            found = produced.slice_yield(process, part, channel)
            attempts = plan.max_chunks(process, part) * size * part.passes / MARGIN
            luminosity = found.luminosity * attempts / found.attempts
            reach[process.key] = min(reach.get(process.key, math.inf), luminosity)
    return reach
