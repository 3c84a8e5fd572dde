"""What ``run`` and ``study`` share: the plan, the launch, the closing words."""

from __future__ import annotations

import contextlib
import dataclasses
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from adbench.cli.closing import close, counted, exit_code, expected, print_plan, say_notes
from adbench.cli.options import results_option

if TYPE_CHECKING:
    from rich.console import Console

    from adbench.api import Dataset, DatasetInfo
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
                 help="Threads of a run, 1 by default; more change the last digits of scores."),
    click.option("--timeout", metavar="TIME", default="none", show_default=True, help="Time of a run: 10m, 3h."),
    click.option("--memory-limit", metavar="SIZE", default="none", show_default=True, help="Of a run: 500M, 4G."),
    click.option("--device", metavar="NAME", default="auto", show_default=True, help="auto, cpu, cuda:0, ..."),
    click.option("--devices", metavar="N", type=click.IntRange(1), default=1, show_default=True,
                 help="Devices that share the training of a torch detector, from --device on."),
    click.option("--precision", type=click.Choice(["32-true", "bf16-mixed", "16-mixed", "64-true"]),
                 help="Of the training of a torch detector, 32-true by default; part of a run's identity."),
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

    from adbench.leaderboard.stored import readable_runs
    from adbench.plugins import plugins
    from adbench.registry import catalogue, use_plugin_files
    from adbench.runs.forecast import forecast, shortest_first
    from adbench.runs.plan import make_plan, open_dataset
    from adbench.runs.store import ResultsFolder
    from adbench.runs.study import located

    with located(study.places.get("plugins")):
        use_plugin_files(study.plugin_files)
    console = Console(stderr=True, highlight=False)
    store = ResultsFolder(results.expanduser().resolve())
    dataset = open_dataset(study, catalogue())
    plan = make_plan(study, catalogue(), dataset, store, rerun)
    seconds = forecast(plan, (run.record for run in readable_runs(store)[0]))
    plan = shortest_first(plan, seconds)
    for problem in plugins().problems:
        console.print(f"warning: {problem}", style="yellow", markup=False, soft_wrap=True)
    known = dataset.info.notes
    say_notes(console, dataset.info, study)
    to_run = [run for run in plan if run.action == "run"]
    console.print(f"plan          {counted(plan, study)}", markup=False, soft_wrap=True)
    stale = sum(run.stale and run.action == "cached" for run in plan)
    if stale:
        made, them = ("run was", "it") if stale == 1 else ("runs were", "them")
        text = f"warning: {stale} stored {made} made by another source of the plugin; --rerun changed does {them} again"
        console.print(text, style="yellow", soft_wrap=True)
    if to_run:
        console.print(f"time          {expected(to_run, seconds)}", markup=False, soft_wrap=True)
    if dry_run:
        print_plan(plan, seconds)
    else:
        for channel in dict.fromkeys(run.identity.channel for run in to_run):
            with console.status(f"data          preparing channel {channel}"):
                dataset.prepare(channel)
        say_notes(console, dataset.info, study, known)
    return Prepared(console, store, dataset, plan, to_run)


def with_precision(study: Study, precision: str | None) -> Study:
    """Return the study with the precision that the command line asks for; its own where that asks for none."""
    return study if precision is None else dataclasses.replace(study, precision=precision)


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
    devices: int,
    precision: str | None,
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
    from adbench.executors.devices import check_device
    from adbench.plugins import plugins
    from adbench.registry import catalogue
    from adbench.runs.launch import cores, launch
    from adbench.runs.limits import Limits, parse_duration, parse_size
    from adbench.runs.task import Settings

    limits = Limits(parse_duration(timeout) or study.limits.seconds, parse_size(memory_limit) or study.limits.memory)
    make_executor = catalogue().executors.get(executor).load()
    check_device(device)
    figures = _figures(study)
    here = scheduler is None and cluster in (None, "local")
    at_most = jobs or (cores() if here else _JOBS)
    launcher = make_executor(ExecutorOptions(at_most, scheduler, cluster, parse_duration(walltime) or _DAY))
    ready = prepare_study(with_precision(study, precision), results, rerun, dry_run)
    if dry_run:
        return
    console, to_run = ready.console, ready.to_run
    threads = threads or 1  # not from what is left to run: sums differ in their last digits with the threads
    settings = Settings(device, threads, limits, executor, devices)
    listener = make_listener(console, len(to_run), quiet)
    try:
        with listener, terminated_as_interrupted():
            outcome = launch(study, ready.plan, ready.store, launcher, listener, plugins(), settings)
    except KeyboardInterrupt:
        done = listener.done
        console.print(
            f"interrupted   {done} of {len(to_run)} runs stored in {results}; the same command continues",
            soft_wrap=True,
        )
        raise SystemExit(130) from None
    close(console, outcome, ready.plan, results)
    if figures and any(run.action in ("run", "cached") for run in ready.plan):
        _draw(console, study, ready.dataset.info, ready.store, figures)
    raise SystemExit(exit_code(outcome, ready.plan))


@contextlib.contextmanager
def terminated_as_interrupted() -> Iterator[None]:
    """Let SIGTERM and SIGHUP, which batch systems send, end a study the way Ctrl-C does."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _figures(study: Study) -> tuple[str, ...]:
    """Return the figures asked for; an unknown name ends the command before anything is trained."""
    if study.figures:
        from adbench.leaderboard.figures import FIGURES

        for name in study.figures:
            if name not in FIGURES:
                from adbench.api import UnknownNameError
                from adbench.runs.study import located

                with located(study.places.get("figures")):
                    raise UnknownNameError("figure", name, FIGURES)
    return study.figures


def _draw(console: Any, study: Study, info: DatasetInfo, store: Any, figures: tuple[str, ...]) -> None:
    from adbench.leaderboard.board import build_board
    from adbench.leaderboard.figures import draw_figures

    folder = store.root / "figures" / study.name
    board = build_board(
        store,
        dataset=info.name,
        edition=info.edition,
        split=info.split,
        max_events=study.max_events,
        contaminated=any(study.contaminations),
    )
    for path in draw_figures(board, store, figures, folder):
        console.print(f"figure        {path}", markup=False, soft_wrap=True)
