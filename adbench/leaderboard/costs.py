"""What an entry costs and what it gives: training time from the records, the board's statistic, the Pareto front."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from adbench.api.errors import MissingError
from adbench.leaderboard.entries import Entry
from adbench.leaderboard.ranked import Board
from adbench.leaderboard.wording import counted, decimals, duration, number, title
from adbench.runs.store import StoredRun
from adbench.statistics.pareto import pareto_front

__all__ = ["BoardCosts", "Cost", "board_costs", "costs_json", "costs_rows"]


@dataclass(frozen=True, slots=True)
class Cost:
    """One entry.

    Attributes:
        entry: the entry.
        seconds: mean time of a training over channels and seeds.
        shortest: time of the shortest one.
        longest: time of the longest one.
        on_front: whether nobody is both cheaper and better.
    """

    entry: Entry
    seconds: float
    shortest: float
    longest: float
    on_front: bool


@dataclass(frozen=True, slots=True)
class BoardCosts:
    """The ranked entries of a board whose training time is known, best first.

    Attributes:
        board: the board.
        costs: one per entry.
        notes: what the times are, and who is left out.
    """

    board: Board
    costs: tuple[Cost, ...]
    notes: tuple[str, ...]


def board_costs(board: Board, runs: Iterable[StoredRun]) -> BoardCosts:
    """Return the costs of a board's ranked entries.

    Args:
        board: a ranked board.
        runs: the runs behind its entries, and any others.

    Raises:
        MissingError: no ranked entry has a training time.
    """
    by_key = {run.record.key: run.record for run in runs}
    ranked = [entry for entry in board.entries if board.rank(entry) is not None]
    records = {entry.name: [by_key[key] for key in entry.keys if key in by_key] for entry in ranked}
    times = {name: [one.timings["fit"] for one in some if "fit" in one.timings] for name, some in records.items()}
    known = [entry for entry in ranked if times[entry.name]]
    if not known:
        msg = "no ranked entry has a training time; run a detector: adbench run"
        raise MissingError(msg)
    better = 1.0 if board.higher_wins else -1.0
    seconds = np.array([np.mean(times[entry.name]) for entry in known])
    scores = np.array([better * entry.standings[board.metric.name].value for entry in known])
    front = pareto_front(seconds, scores)
    costs = [
        Cost(entry, float(mean), min(times[entry.name]), max(times[entry.name]), bool(on_front))
        for entry, mean, on_front in zip(known, seconds, front, strict=True)
    ]
    hosts = {one.environment.get("host", "") for entry in known for one in records[entry.name]}
    devices = {one.environment.get("device", "") for entry in known for one in records[entry.name]} - {"", None}
    return BoardCosts(board, tuple(costs), tuple(_notes(len(ranked) - len(known), len(hosts), sorted(devices))))


def costs_rows(found: BoardCosts) -> tuple[str, tuple[list[str], list[list[str]]]]:
    """Return title, and headings and rows: cheapest first, the front marked."""
    board = found.board
    ordered = sorted(found.costs, key=lambda cost: (cost.seconds, board.rank(cost.entry) or 0, cost.entry.name))
    standings = {cost.entry.name: cost.entry.standings[board.metric.name] for cost in ordered}
    places = decimals(end for one in standings.values() for end in (one.value, one.low, one.high))
    rows = []
    for cost in ordered:
        one = standings[cost.entry.name]
        span = "" if math.isnan(one.low) else f" [{number(one.low, places)}, {number(one.high, places)}]"
        rows.append(
            [
                cost.entry.name,
                duration(cost.seconds),
                " to ".join(dict.fromkeys([duration(cost.shortest), duration(cost.longest)])),
                f"{number(one.value, places)}{span}",
                str(board.rank(cost.entry)),
                "front" if cost.on_front else "",
            ]
        )
    return f"time of a fit and {title(board)}", (
        ["detector", "fit", "shortest to longest", board.ranking.label, "rank", "Pareto"],
        rows,
    )


def costs_json(found: BoardCosts) -> dict[str, Any]:
    """Return the costs for programs, in the order of the board."""
    board = found.board
    return {
        "ranking": board.ranking.name,
        "metric": board.metric.name,
        "entries": [
            {
                "entry": cost.entry.name,
                "rank": board.rank(cost.entry),
                "value": cost.entry.standings[board.metric.name].value,
                "training_seconds": cost.seconds,
                "shortest": cost.shortest,
                "longest": cost.longest,
                "on_front": cost.on_front,
            }
            for cost in found.costs
        ],
        "notes": list(found.notes),
    }


def _notes(lost: int, hosts: int, devices: list[str]) -> list[str]:
    notes = ["front: nobody else is both cheaper and better; fit: without scoring, mean over channels and seeds"]
    if hosts > 1 or len(devices) > 1:
        where = f" and devices ({', '.join(devices)})" if len(devices) > 1 else ""
        notes.append(f"times were taken on {counted(hosts, 'machine')}{where}: they do not compare detectors alone")
    if lost:
        notes.append(
            f"{lost:,} ranked {'entry has' if lost == 1 else 'entries have'} no training time and no place here"
        )
    return notes
