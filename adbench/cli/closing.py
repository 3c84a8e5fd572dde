"""The words before and after the runs of a study: what is planned, what came of it, what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from adbench.cli.tables import echo, table
from adbench.runs.study import ALL

if TYPE_CHECKING:
    from rich.console import Console

    from adbench.api import DatasetInfo
    from adbench.runs.launch import Outcome
    from adbench.runs.plan import PlannedRun
    from adbench.runs.record import Record
    from adbench.runs.study import Study

__all__ = ["close", "counted", "exit_code", "print_plan", "say_notes"]

_FEW = 6  # notes on the data that are printed in full


def say_notes(console: Console, info: DatasetInfo, study: Study, known: Sequence[str] = ()) -> None:
    """Print the notes of a data set that are not known yet, or where to read them when they are many."""
    notes: Sequence[str] = [note for note in info.notes if note not in known]
    if len(notes) > _FEW:
        chosen = {"--edition": study.options.edition, "--data": study.options.data}
        place = "".join(f" {option} {value}" for option, value in chosen.items() if value is not None)
        notes = [f"{len(notes)} notes on these events: adbench datasets info {info.name}{place}"]
    for note in notes:
        warning = note.startswith("warning:")
        text = note if warning else f"note: {note}"
        console.print(text, style="yellow" if warning else "dim", markup=False, soft_wrap=True)
    if not known:
        for channel in info.channels if ALL in study.channels else study.channels:
            if not info.signals.get(channel):
                text = f"warning: channel {channel} has no signals: its runs are scored and stay without figures"
                console.print(text, style="yellow", soft_wrap=True)


def counted(plan: Sequence[PlannedRun], study: Study) -> str:
    """Return how many runs there are and what becomes of them, in words."""
    channels = len({run.identity.channel for run in plan})
    entries = len({run.entry for run in plan})
    parts = [_many(entries, "detector"), _many(channels, "channel"), _many(len(study.seeds), "seed")]
    actions = [f"{sum(run.action == action for run in plan)} {text}" for action, text in (
        ("run", "to run"), ("cached", "stored already"), ("failed earlier", "failed earlier"),
        ("skipped", "skipped"), ("not installed", "not installed"),
    ) if any(run.action == action for run in plan)]  # fmt: skip
    return f"{' x '.join(parts)}: {', '.join(actions)}"


def expected(runs: Sequence[PlannedRun], seconds: Mapping[str, float]) -> str:
    """Return how much processor time runs will take as far as stored timings tell, in words."""
    from adbench.leaderboard.wording import duration

    known = [seconds[run.identity.key] for run in runs if run.identity.key in seconds]
    unknown = len({run.entry for run in runs if run.identity.key not in seconds})
    parts = [f"about {duration(sum(known))} of one process, by stored timings of runs like these"] if known else []
    parts += [f"nothing is known of {_many(unknown, 'detector')} that never ran here"] if unknown else []
    return "; ".join(parts)


def print_plan(plan: Sequence[PlannedRun], seconds: Mapping[str, float]) -> None:
    """Print every run of a plan, what would become of it and how long that would take."""
    from adbench.leaderboard.wording import duration

    rows = []
    for run in plan:
        identity = run.identity
        time = duration(seconds[identity.key]) if run.action == "run" and identity.key in seconds else ""
        rows.append((run.entry, identity.channel, str(identity.seed), run.action, time, run.reason, identity.key))
    echo(table(("detector", "channel", "seed", "what", "time", "why", "run"), rows, title="what would run"))


def close(console: Console, outcome: Outcome, plan: Sequence[PlannedRun], results: Path) -> None:
    """Print what was stored, why anything was not, and what comes next."""
    parts = [f"{number} {status}" for status, number in sorted(outcome.statuses.items())]
    parts += [f"{outcome.cached} stored before"] if outcome.cached else []
    parts += [f"{outcome.skipped} skipped"] if outcome.skipped else []
    nothing = " (nothing to do)" if not outcome.runs else ""
    console.print(f"results       {', '.join(parts) or 'none'}, in {results}{nothing}", markup=False, soft_wrap=True)
    for record in outcome.failures:
        console.print(_failure(record, results), style="red", markup=False, soft_wrap=True)
    for text, runs in _without_scores(plan).items():
        console.print(f"{text} ({_many(len(runs), 'run')})", style="yellow", markup=False, soft_wrap=True)
    if outcome.failed_earlier:
        console.print("try again     the same command with --rerun failed", soft_wrap=True)
    if outcome.statuses["ok"] or outcome.cached:
        place = "" if results == Path("results") else f" --results {results}"
        console.print(f"next          adbench leaderboard{place}", markup=False, soft_wrap=True)


def exit_code(outcome: Outcome, plan: Sequence[PlannedRun]) -> int:
    """Return 1 when runs failed, now or earlier; 3 when a requirement is missing; else 0."""
    if outcome.failures or outcome.failed_earlier:
        return 1
    return 3 if any(run.action == "not installed" for run in plan) else 0


def _failure(record: Record, results: Path) -> str:
    identity = record.identity
    folder = results / identity.dataset / identity.channel / identity.detector / record.key
    rerun = folder / "log-of-failed-rerun.txt"  # of a failure to which stored scores did not give way
    log = rerun if rerun.exists() else folder / "log.txt"
    where = f"{record.entry}, channel {identity.channel}, seed {identity.seed}"
    return f"{record.status:<13} {where}: {record.reason} (log: {log})"


def _without_scores(plan: Sequence[PlannedRun]) -> dict[str, list[PlannedRun]]:
    """Return the runs that were not launched for want of something, by the line that says why."""
    found: dict[str, list[PlannedRun]] = {}
    for run in plan:
        if run.action in ("skipped", "not installed", "failed earlier"):
            found.setdefault(f"{run.action:<13} {run.entry}: {run.reason}", []).append(run)
    return found


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
