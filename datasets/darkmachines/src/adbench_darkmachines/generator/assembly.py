"""From finished chunks to the files of one channel and their description."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from adbench.api import DataError
from adbench.generation.kinematics import Array
from adbench_darkmachines.generator.chunks import Chunk
from adbench_darkmachines.generator.mixture import SliceYield, accepted_cross_sections, event_counts
from adbench_darkmachines.generator.processes import Process
from adbench_darkmachines.generator.production import Plan, Produced
from adbench_darkmachines.generator.records import Records
from adbench_darkmachines.generator.signals import SIGNALS
from adbench_darkmachines.generator.split import anonymous_ids, split_by_source
from adbench_darkmachines.generator.writer import csv_lines, write_gzip
from adbench_darkmachines.selection import CHANNELS

PB_PER_FB = 1000.0


@dataclass(frozen=True, slots=True)
class Sample:
    """Events with their process names; `source` is unique over all slices of the sample."""

    records: Records
    processes: Array

    def take(self, events: Array) -> Sample:
        """Return the events of an index array, in its order."""
        return Sample(self.records.take(events), self.processes[events])


def write_channel(
    channel: str, plan: Plan, produced: Produced, splits: Mapping[str, int], folder: Path
) -> dict[str, Any]:
    """Mix, split and write one channel; return its part of the manifest.

    Raises:
        DataError: what was generated does not make so many events; what is there stays, for another try.
    """
    rng = np.random.default_rng(_seed(plan.seed, channel, "background"))
    yields = produced.channel_yields(plan, channel)
    try:
        counts, luminosity, common = event_counts(yields, plan.events, plan.caps_of(channel))
        background = _mix(channel, plan, produced, counts, rng)
        ids = anonymous_ids(background.records.source, rng)
        parts = split_by_source(background.records.source, splits, rng)
    except ValueError as error:
        msg = (
            f"channel {channel}: {error}; ask for fewer events (--train, --validation, --test) or allow a larger --cap"
        )
        raise DataError(msg) from error

    files: dict[str, Any] = {}
    for name, rows in parts.items():
        path = folder / f"chan{channel}" / f"background_chan{channel}_{name}.csv.gz"
        part = background.take(rows)
        digest = write_gzip(path, csv_lines(part.records, ids[rows], part.processes.tolist()))
        files[name] = {
            "file": path.relative_to(folder).as_posix(),
            "events": len(rows),
            "sources": len(np.unique(ids[rows])),
            "sha256": digest,
        }
    signals = {name: _write_signal(channel, name, plan, produced, folder) for name in plan.signals[channel]}
    return {
        "luminosity_fb": _rounded(common / PB_PER_FB),
        "cross_section_pb": _rounded(sum(accepted_cross_sections(yields).values())),
        "background": files,
        "processes": _process_table(plan, yields, counts, luminosity),
        "signals": signals,
    }


def _mix(channel: str, plan: Plan, produced: Produced, counts: Sequence[int], rng: np.random.Generator) -> Sample:
    """Draw the wanted number of accepted events from every slice."""
    drawn: list[Sample] = []
    slices = [(p, s) for p, s in plan.background_slices() if channel in s.channels]
    first_source = 0
    for (process, part), count in zip(slices, counts, strict=True):
        chunks = produced.chunks[process.key, part.name]
        accepted = _accepted(channel, process, chunks, first_source)
        first_source += sum(chunk.generated for chunk in chunks)
        drawn.append(accepted.take(rng.permutation(len(accepted.records))[:count]))
    return Sample(
        Records.concatenate([sample.records for sample in drawn]),
        np.concatenate([sample.processes for sample in drawn]),
    )


def _accepted(channel: str, process: Process, chunks: Sequence[Chunk], first_source: int = 0) -> Sample:
    """Collect the events of a slice that pass the channel's cuts."""
    column = list(CHANNELS).index(channel)
    kept = []
    for chunk in chunks:
        chosen = chunk.records.take(np.flatnonzero(chunk.passes[:, column]))
        kept.append(chosen.labelled(chosen.source + first_source, chosen.label))
        first_source += chunk.generated
    records = Records.concatenate(kept)
    return Sample(records, np.array(process.names)[records.label.astype(np.int64)])


def _write_signal(channel: str, name: str, plan: Plan, produced: Produced, folder: Path) -> dict[str, Any]:
    """Write the events of one signal in one channel."""
    process = SIGNALS[name]
    part = process.slices[0]
    rng = np.random.default_rng(_seed(plan.seed, channel, name))
    found = produced.slice_yield(process, part, channel)
    accepted = _accepted(channel, process, produced.chunks[process.key, part.name])
    chosen = accepted.take(rng.permutation(len(accepted.records))[: plan.signal_events])
    path = folder / f"chan{channel}" / f"{name}_chan{channel}.csv.gz"
    ids = anonymous_ids(chosen.records.source, rng)
    return {
        "file": path.relative_to(folder).as_posix(),
        "events": len(ids),
        "sha256": write_gzip(path, csv_lines(chosen.records, ids, chosen.processes.tolist())),
        "cross_section_pb": _rounded(found.cross_section),
        "acceptance": _rounded(found.accepted / found.attempts),
        "status": process.status,
        "note": process.note,
    }


def _process_table(
    plan: Plan, yields: Sequence[SliceYield], counts: Sequence[int], luminosity: Mapping[str, float]
) -> list[dict[str, Any]]:
    """Describe what each process is, how large its share should be, and how large it is."""
    cross_sections = accepted_cross_sections(yields)
    total = sum(cross_sections.values())
    rows = []
    for process in plan.backgrounds:
        own = [(item, n) for item, n in zip(yields, counts, strict=True) if item.process == process.key]
        if not own:
            continue
        used = sum(n for _, n in own)
        rows.append(
            {
                "process": " + ".join(process.names),
                "status": process.status,
                "note": process.note,
                "cross_section_pb": _rounded(cross_sections[process.key]),
                "share_true": _rounded(cross_sections[process.key] / total),
                "share_used": _rounded(used / plan.events),
                "events": used,
                "luminosity_fb": _rounded(luminosity.get(process.key, 0.0) / PB_PER_FB),
                "k_factor": _rounded(process.k_factor),
                "slices": {
                    item.name: {
                        "cross_section_pb": _rounded(item.cross_section),
                        "attempts": item.attempts,
                        "accepted": item.accepted,
                        "kept": item.kept,
                        "events": n,
                    }
                    for item, n in own
                },
            }
        )
    return sorted(rows, key=lambda row: -float(row["share_true"]))


def _seed(*parts: object) -> int:
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:8], "little")


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
