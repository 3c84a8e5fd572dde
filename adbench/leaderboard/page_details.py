"""What a row of the page opens: curves, parameters, versions and the command of each entry of ours."""

from __future__ import annotations

import argparse
import json
import math
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from adbench.api.errors import DataError
from adbench.leaderboard.entries import Entry
from adbench.leaderboard.entry_curves import mean_curves
from adbench.leaderboard.ranked import Board
from adbench.runs.record import Record
from adbench.runs.store import StoredRun
from adbench.runs.study import PRECISIONS
from adbench.runs.training import read_training

__all__ = ["command", "details"]

_POINTS = 100  # of a training curve, at most
_UNIT = 10_000


def details(board: Board, entries: Sequence[Entry], runs: Sequence[StoredRun]) -> dict[int, Any]:
    """Return the details of the entries that have stored runs, by their place in the list."""
    by_key = {run.record.key: run for run in runs}
    found = {}
    for i, entry in enumerate(entries):
        own = [by_key[key] for key in entry.keys if key in by_key]
        if own:
            found[i] = _detail(board, entry, own)
    return found


def command(records: Sequence[Record]) -> str:
    """Return the command that makes these runs of one entry again on the same events.

    Which events is not in a run's identity but by their hash; it is in the command line that the record keeps: of
    `adbench run` the options of the data are taken, and a study or a combination is made again by its own command.
    """
    first = records[0]
    asked = shlex.split(str(first.environment.get("command", "")))
    if asked[1:2] in (["study"], ["combine"]):
        return shlex.join(asked)
    channels = sorted({record.identity.channel for record in records})
    seeds = sorted({record.identity.seed for record in records})
    words = ["adbench", "run", "-d", first.identity.detector]
    preset = str(first.detector.get("preset", "default"))
    words += [] if preset == "default" else ["--preset", preset]
    changed = first.detector.get("changed", {})
    for name, value in sorted(changed.items() if isinstance(changed, Mapping) else ()):
        words += ["--set", f"{name}={value if isinstance(value, str) else json.dumps(value)}"]
    words += ["--dataset", first.identity.dataset]
    events = _events_asked_for(asked[2:]) if asked[1:2] in (["run"], ["submit"]) else []
    if not {"--edition", "--data", "--raw"} & set(events):  # a folder and raw files have editions that no option names
        events = ["--edition", first.identity.edition, *events]
    words += events if "--split" in events else [*events, "--split", first.identity.split]
    for channel in channels:
        words += ["-c", channel]
    words += [] if seeds == [0] else ["--seeds", ",".join(map(str, seeds))]
    if first.identity.max_events is not None:
        words += ["--max-events", str(first.identity.max_events)]
    if first.identity.precision != PRECISIONS[0]:
        words += ["--precision", first.identity.precision]
    if first.identity.contamination:
        words += ["--contamination", f"{first.identity.contamination:g}"]
    return shlex.join(words)


def _events_asked_for(words: Sequence[str]) -> list[str]:
    """Return those of a command's options that say which events, and from which files plugins come."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    for name in ("--edition", "--data", "--split", "--folds"):
        parser.add_argument(name)
    for name in ("--raw", "--skip-bad-lines"):
        parser.add_argument(name, action="store_true")
    parser.add_argument("-P", "--plugin-file", action="append", default=[])
    found: list[str] = []
    for name, value in vars(parser.parse_known_args(words)[0]).items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            found.append(option)
        elif isinstance(value, list):
            found += [word for file in value for word in (option, file)]
        elif value:
            found += [option, value]
    return found


def training(runs: Sequence[StoredRun]) -> dict[str, dict[str, Any]]:
    """Return the training curve of the lowest seed in each channel: steps and figures by name, at most 100 points.

    Runs without a curve, or with a damaged one, have none here: a page is made of what can be read.
    """
    found: dict[str, dict[str, Any]] = {}
    for run in sorted(runs, key=lambda run: run.record.identity.seed):
        channel = run.record.identity.channel
        try:
            curves = [] if channel in found else read_training(run.folder)
        except DataError:
            continue
        for curve in curves[:1]:
            every = slice(None, None, -(-len(curve.step) // _POINTS))
            figures = {
                name: [None if v is None or not math.isfinite(v) else float(f"{v:.5g}") for v in values[every]]
                for name, values in sorted(curve.figures.items())
            }
            if len(curve.step) > 1 and figures:
                found[channel] = {"step": list(curve.step[every]), "figures": figures, "seed": run.record.identity.seed}
    return found


def _detail(board: Board, entry: Entry, runs: Sequence[StoredRun]) -> dict[str, Any]:
    records = [run.record for run in runs]
    first = records[0]
    curves: dict[str, Any] = {}
    smallest = {}
    for channel in board.channels:
        try:
            by_signal, least = mean_curves(entry, runs, channel, halves=board.halves)
        except DataError:  # a page is made of what can be read; `adbench results verify` names the file
            continue
        smallest[channel] = least
        for signal, curve in by_signal.items():
            curves[f"{channel}/{signal}"] = [round(float(x) * _UNIT) if math.isfinite(x) else None for x in curve]
    return {
        "reference": str(first.detector.get("reference", "")),
        "params": {name: json.dumps(value) for name, value in sorted(first.identity.params.items())},
        "preset": str(first.detector.get("preset", "default")),
        "versions": {str(k): str(v) for k, v in sorted(dict(first.environment.get("distributions", {})).items())},
        "python": str(first.environment.get("python", "")),
        "runs": [
            {
                "key": r.key,
                "channel": r.identity.channel,
                "seed": r.identity.seed,
                "fit": float(r.timings.get("fit", 0.0)),
                "memory": r.peak_memory_mb,
                "device": str(r.environment.get("device", "")),
            }
            for r in sorted(records, key=lambda r: (r.identity.channel, r.identity.seed))
        ],
        "command": command(records),
        "training": training(runs),
        "curves": curves,
        "smallest": smallest,
    }
