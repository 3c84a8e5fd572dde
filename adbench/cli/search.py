"""``adbench search``: is there a resonance in the events that a stored run has scored?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from adbench.cli.options import plugin_file_option, results_option

if TYPE_CHECKING:
    from adbench.search.categories import Layout


@click.command(name="search", short_help="Search scored events for a resonance.")
@click.option("--run", "key", metavar="KEY", required=True, help="A stored run, by the first digits of its key.")
@plugin_file_option
@results_option
@click.option("--data", metavar="DIR", type=click.Path(path_type=Path),
              help="The folder of events that the run was done on, if it was one.")  # fmt: skip
@click.option("--mass", "variable", metavar="NAME", default="",
              help="Mass of the data set, in GeV, unseen by detectors.  [default: the data set's first]")  # fmt: skip
@click.option("--sample", metavar="NAME", default="",
              help="unlabelled or background.  [default: unlabelled events where there are any]")  # fmt: skip
@click.option("--inject", metavar="SIGNAL=N", default="",
              help="Add N events of a signal to test background; its family is no prior then.")  # fmt: skip
@click.option("--by", metavar="NAME", default="",
              help="Space of losses, or score.  [default: the only space, else the first score]")  # fmt: skip
@click.option("--range", "limits", metavar="LOW HIGH", type=float, nargs=2,
              help="Masses to fit, in GeV.  [default: where simulated background falls]")  # fmt: skip
@click.option("--masses", metavar="N", type=click.IntRange(2, 1000), default=41, show_default=True,
              help="Masses of the scan.")  # fmt: skip
@click.option("--keep", metavar="SHARE", type=float, default=0.1, show_default=True,
              help="Preselection: the share of most anomalous events that is kept.")  # fmt: skip
@click.option("--categories", metavar="NxM", default="3x3", show_default=True,
              help="N slices of background loss, each cut into M of signal loss; N*M of a score.")  # fmt: skip
@click.option("--background", metavar="NAME", default="power-law", show_default=True,
              help="power-law, its exponent running with ln(mass), or bernstein, as published.")  # fmt: skip
@click.option("--order", metavar="N|auto", default="",
              help="Order of the background; auto: by an F-test.  [default: 2; 3 for bernstein]")  # fmt: skip
@click.option("--width", metavar="SHARE", type=float, default=0.03, show_default=True,
              help="Width of the resonance over its mass.")  # fmt: skip
@click.option("--combine", type=click.Choice(("fisher", "stouffer")), default="fisher", show_default=True,
              help="Which combination the global p-value is of; both are written.")  # fmt: skip
@click.option("--toys", metavar="N", type=click.IntRange(0), default=100, show_default=True,
              help="Pseudo-experiments for the global p-value; 0 leaves it out.")  # fmt: skip
@click.option("--cuts", is_flag=True, help="Also scan a grid of cuts (illustrative: the best of many is biased).")
@click.option(
    "--seed", metavar="N", type=click.IntRange(0), default=0, show_default=True, help="Of pseudo-experiments."
)
@click.option("-j", "--jobs", metavar="N", type=click.IntRange(0), default=0, help="Threads.  [default: all cores]")
@click.option("-o", "--out", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), default=Path("search"),
              show_default=True, help="Folder for search.json and the figures.")  # fmt: skip
@click.option("--no-figures", is_flag=True, help="Write search.json only.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def command(
    key: str,
    results: Path,
    data: Path | None,
    variable: str,
    sample: str,
    inject: str,
    by: str,
    limits: tuple[float, float] | None,
    masses: int,
    keep: float,
    categories: str,
    background: str,
    order: str,
    width: float,
    combine: str,
    toys: int,
    cuts: bool,
    seed: int,
    jobs: int,
    out: Path,
    no_figures: bool,
    quiet: bool,
) -> None:
    """Search the events that a run has scored for a resonance in their mass spectrum (arXiv:2011.03550, method 2).

    The most anomalous events are kept and divided into equally populated categories of background loss and signal
    loss. In each category and at each mass a background and a resonance are fitted. The p-values count deficits as
    negative, so that they can be combined; the global p-value is that of the largest excess at any mass.

    Choose all options before you look: a search that is tuned on its own events has no p-value.

    \b
      adbench run --dataset lhco -d quak_2d --channel bb1
      adbench results list
      adbench search --run 0123abcd --out bb1
      adbench search --run 0123abcd --sample background --categories 5x5
      adbench search --run 0123abcd --inject wprime_3500_500_100=200 --by quak
    """
    from adbench.cli.options import make_dataset_options, open_dataset
    from adbench.cli.searching import Progress, summary
    from adbench.cli.stored_choice import asked_split
    from adbench.cli.stored_runs import run_by_key
    from adbench.leaderboard.stored import readable_runs
    from adbench.runs.matching import check_same_events
    from adbench.runs.store import ResultsFolder
    from adbench.search.cuts import scan_cuts
    from adbench.search.events import read_searched
    from adbench.search.masses import mass_variable
    from adbench.search.report import Settings, search, write_report
    from adbench.search.shapes import falling_range

    layout, degree, injected = _layout(categories), _order(order, background), _injected(inject)
    run = run_by_key(readable_runs(ResultsFolder(results.expanduser()))[0], key)
    identity = run.record.identity
    split, folds = asked_split(identity)
    options = make_dataset_options(None if data else identity.edition, data, split, folds or 5, False, False)
    dataset = open_dataset(identity.dataset, options)
    variable = mass_variable(dataset.info, variable)
    dataset.prepare(identity.channel)
    check_same_events(run, dataset)
    events = read_searched(run, dataset, variable, by, sample, injected)
    low, high = limits or falling_range(dataset.background(identity.channel).aux[variable])
    settings = Settings(low, high, masses, layout, keep, background, degree, width, combine, toys, seed)
    with Progress(quiet) as said:
        found = search(events, settings, jobs, said)
        axes = events.masses, events.background, events.signal
        grid = scan_cuts(*axes, found.spectrum, jobs, said) if cuts else None
    about = {
        "run": run.record.key,
        "entry": run.record.entry,
        "dataset": identity.dataset,
        "channel": identity.channel,
        "events": events.what,
        "variable": variable,
        "axes": str(events.axes),
    }
    out = out.expanduser()
    summary(found, about, grid)
    write_report(out / "search.json", found, about, grid)
    click.echo(f"report {out / 'search.json'}")
    if no_figures:
        return

    from adbench.plotting import save_figure, styled
    from adbench.search.figures import FIGURES

    with styled():
        for name, draw in FIGURES.items():
            figure = draw(found, events, about)
            for path in (out / f"{name}.svg", out / f"{name}.png"):
                save_figure(figure, path)
                click.echo(f"figure {path}")


def _layout(text: str) -> Layout:
    """Return the categories; raise UsageError unless they are two numbers."""
    from adbench.api.errors import UsageError
    from adbench.search.categories import Layout

    parts = text.lower().split("x")
    if len(parts) != 2 or not all(part.isdecimal() and 1 <= int(part) <= 20 for part in parts):
        msg = f"--categories {text}: give two numbers from 1 to 20, such as 3x3, 4x4 or 5x5"
        raise UsageError(msg)
    return Layout(int(parts[0]), int(parts[1]))


def _order(text: str, background: str) -> int:
    """Return the order of the background, 0 for auto; raise UsageError or UnknownNameError for what is neither."""
    from adbench.api.errors import UnknownNameError, UsageError
    from adbench.search.shapes import FAMILIES

    if background not in FAMILIES:
        raise UnknownNameError("background", background, FAMILIES)
    if not text:
        return FAMILIES[background].order
    if text == "auto":
        return 0
    if not text.isdecimal() or not 1 <= int(text) <= 10:
        msg = f"--order {text}: give a number from 1 to 10, such as 3, or auto"
        raise UsageError(msg)
    return int(text)


def _injected(text: str) -> tuple[str, int] | None:
    """Return a signal and its number of events; raise UsageError unless it is written as SIGNAL=N."""
    from adbench.api.errors import UsageError

    if not text:
        return None
    name, _, number = text.rpartition("=")
    if not name or not number.isdecimal() or int(number) < 1:
        msg = f"--inject {text}: give a signal and a number of events, such as --inject NAME=200"
        raise UsageError(msg)
    return name, int(number)
