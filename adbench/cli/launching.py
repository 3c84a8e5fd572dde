"""What ``run`` and ``study`` share: the plan, the launch, the closing words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from adbench.cli.options import results_option

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from adbench.api import Dataset, DatasetInfo
    from adbench.runs.launch import Outcome
    from adbench.runs.plan import PlannedRun, Rerun
    from adbench.runs.store import ResultsFolder
    from adbench.runs.study import Study

__all__ = ["Prepared", "launch_study", "launching_options", "planning_options", "prepare_study"]

F = TypeVar("F", bound=Callable[..., Any])

_JOBS = 100  # jobs at a time on a cluster where none are named
_DAY = 86400.0  # seconds

_PLANNING = (
    results_option,
    click.option("--rerun", type=click.Choice(["missing", "failed", "changed", "all"]), default="missing",
                 show_default=True, help="What to do again: nothing, what failed, what changed plugins made, all."),
    click.option("--threads", metavar="N", type=click.IntRange(1),
                 help="Threads of a run; by default cores / jobs on this machine, 1 on others."),
    click.option("--timeout", metavar="TIME", default="none", show_default=True, help="Time of a run: 10m, 3h."),
    click.option("--memory-limit", metavar="SIZE", default="none", show_default=True, help="Of a run: 500M, 4G."),
    click.option("--device", metavar="NAME", default="auto", show_default=True, help="auto, cpu, cuda:0, ..."),
    click.option("--dry-run", is_flag=True, help="Show what would run, is stored already, is skipped and why."),
)  # fmt: skip

_LAUNCHING = (
    click.option("--jobs", metavar="N", type=click.IntRange(1), help="Runs at a time; one per core by default."),
    click.option("--executor", metavar="NAME", default="local", show_default=True, help="Who launches the runs."),
    click.option("--scheduler", metavar="ADDRESS", help="For dask: a scheduler that is there, tcp://host:8786."),
    click.option("--cluster", metavar="NAME", help="For dask: get workers from local, htcondor or slurm."),
    click.option("--walltime", metavar="TIME", default="1d", show_default=True, help="Of a job of such a cluster."),
    click.option("-q", "--quiet", is_flag=True, help="No progress; errors and the summary only."),
)  # fmt: skip


def planning_options(function: F) -> F:
    """Add the options that say which runs of a study are done and what each may use."""
    for option in reversed(_PLANNING):
        function = option(function)
    return function


def launching_options(function: F) -> F:
    """Add the options that say how runs are planned and launched."""
    for option in reversed(_LAUNCHING):
        function = option(function)
    return planning_options(function)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A study that is planned and whose data are ready."""

    console: Console
    store: ResultsFolder
    dataset: Dataset
    plan: list[PlannedRun]
    to_run: list[PlannedRun]


def prepare_study(study: Study, results: Path, rerun: Rerun, dry_run: bool) -> Prepared:
    """Plan a study and say what will become of it; unless it is a dry run, prepare the data of what is to be run."""
    from rich.console import Console

    from adbench.plugins import plugins
    from adbench.registry import catalogue
    from adbench.runs.plan import make_plan, open_dataset
    from adbench.runs.store import ResultsFolder

    console = Console(stderr=True, highlight=False)
    store = ResultsFolder(results.expanduser().resolve())
    dataset = open_dataset(study, catalogue())
    plan = make_plan(study, catalogue(), dataset, store, rerun)
    for problem in plugins().problems:
        console.print(f"warning: {problem}", style="yellow", markup=False, soft_wrap=True)
    for note in _few(dataset.info.notes, dataset.info.name):
        console.print(f"note: {note}", style="dim", markup=False, soft_wrap=True)
    to_run = [run for run in plan if run.action == "run"]
    console.print(f"plan          {_counted(plan, study)}", markup=False, soft_wrap=True)
    stale = sum(run.stale and run.action == "cached" for run in plan)
    if stale:
        text = (
            f"warning: {stale} stored runs were made by another source of their plugin; --rerun changed does them again"
        )
        console.print(text, style="yellow", soft_wrap=True)
    if dry_run:
        Console(highlight=False).print(_plan_table(plan))
    else:
        for channel in dict.fromkeys(run.identity.channel for run in to_run):
            with console.status(f"data          preparing channel {channel}"):
                dataset.prepare(channel)
    return Prepared(console, store, dataset, plan, to_run)


def launch_study(
    study: Study,
    *,
    results: Path,
    rerun: Rerun,
    jobs: int | None,
    threads: int | None,
    timeout: str,
    memory_limit: str,
    device: str,
    executor: str,
    scheduler: str | None,
    cluster: str | None,
    walltime: str,
    dry_run: bool,
    quiet: bool,
) -> None:
    """Plan and launch a study, with progress; ends the command with exit code 1 when runs failed."""
    from adbench.cli.progress import make_listener
    from adbench.executors.base import ExecutorOptions
    from adbench.plugins import plugins
    from adbench.registry import catalogue
    from adbench.runs.launch import cores, launch
    from adbench.runs.limits import Limits, parse_duration, parse_size
    from adbench.runs.task import Settings

    limits = Limits(parse_duration(timeout), parse_size(memory_limit))
    make_executor = catalogue().executors.get(executor).load()
    figures = _figures(study)
    here = scheduler is None and cluster in (None, "local")
    at_most = jobs or (cores() if here else _JOBS)
    launcher = make_executor(ExecutorOptions(at_most, scheduler, cluster, parse_duration(walltime) or _DAY))
    ready = prepare_study(study, results, rerun, dry_run)
    if dry_run:
        return
    console, to_run = ready.console, ready.to_run
    threads = threads or (max(1, cores() // max(1, min(at_most, len(to_run)))) if here else 1)
    settings = Settings(device, threads, limits, executor)
    listener = make_listener(console, len(to_run), quiet)
    try:
        with listener:
            outcome = launch(study, ready.plan, ready.store, launcher, listener, plugins(), settings)
    except KeyboardInterrupt:
        done = listener.done
        console.print(
            f"interrupted   {done} of {len(to_run)} runs stored in {results}; the same command continues",
            soft_wrap=True,
        )
        raise SystemExit(130) from None
    _close(console, outcome, results)
    if figures and any(run.action in ("run", "cached") for run in ready.plan):
        _draw(console, study, ready.dataset.info, ready.store, figures)
    if outcome.failures or outcome.failed_earlier:
        raise SystemExit(1)


def _figures(study: Study) -> tuple[str, ...]:
    """Return the figures asked for; an unknown name ends the command before anything is trained."""
    if study.figures:
        from adbench.leaderboard.figures import FIGURES

        for name in study.figures:
            if name not in FIGURES:
                from adbench.api import UnknownNameError

                raise UnknownNameError("figure", name, FIGURES)
    return study.figures


def _counted(plan: Sequence[PlannedRun], study: Study) -> str:
    channels = len({run.identity.channel for run in plan})
    entries = len({run.entry for run in plan})
    parts = [_many(entries, "detector"), _many(channels, "channel"), _many(len(study.seeds), "seed")]
    actions = [f"{sum(run.action == action for run in plan)} {text}" for action, text in (
        ("run", "to run"), ("cached", "stored already"), ("failed earlier", "failed earlier"),
        ("skipped", "skipped"), ("not installed", "not installed"),
    ) if any(run.action == action for run in plan)]  # fmt: skip
    return f"{' x '.join(parts)}: {', '.join(actions)}"


def _plan_table(plan: Sequence[PlannedRun]) -> Table:
    from rich.table import Table

    table = Table("detector", "channel", "seed", "what", "why", "key", title="what would run")
    for run in plan:
        identity = run.identity
        table.add_row(run.entry, identity.channel, str(identity.seed), run.action, run.reason, identity.key)
    return table


def _close(console: Any, outcome: Outcome, results: Path) -> None:
    parts = [f"{number} {status}" for status, number in sorted(outcome.statuses.items())]
    if outcome.cached:
        parts.append(f"{outcome.cached} stored before")
    if outcome.skipped:
        parts.append(f"{outcome.skipped} skipped")
    nothing = " (nothing to do)" if not outcome.runs else ""
    console.print(f"results       {', '.join(parts) or 'none'}, in {results}{nothing}", markup=False, soft_wrap=True)
    for record in outcome.failures:
        where = results / record.identity.dataset / record.identity.channel / record.identity.detector / record.key
        line = f"{record.status:<13} {record.entry}, channel {record.identity.channel}, seed {record.identity.seed}: "
        console.print(f"{line}{record.reason} (log: {where / 'log.txt'})", style="red", markup=False, soft_wrap=True)
    if outcome.failed_earlier:
        console.print(f"              {outcome.failed_earlier} failed earlier; try them again with --rerun failed")


def _draw(console: Any, study: Study, info: DatasetInfo, store: Any, figures: tuple[str, ...]) -> None:
    from adbench.leaderboard.board import build_board
    from adbench.leaderboard.figures import draw_figures

    folder = store.root / "figures" / study.name
    board = build_board(store, dataset=info.name, edition=info.edition, split=info.split, max_events=study.max_events)
    for path in draw_figures(board, store, figures, folder):
        console.print(f"figure        {path}", markup=False, soft_wrap=True)


def _few(notes: Sequence[str], dataset: str) -> Sequence[str]:
    """Return the notes, or where to read them when they are many."""
    return notes if len(notes) <= 3 else [f"{len(notes)} notes on these events: adbench datasets info {dataset}"]


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
