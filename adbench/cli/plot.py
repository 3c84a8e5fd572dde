"""``adbench plot``: one figure from stored results."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from adbench.cli.options import dataset_options, open_dataset, plugin_file_option, results_option

if TYPE_CHECKING:
    from adbench.api import DatasetOptions


@click.command(name="plot", short_help="Draw a figure from stored results.")
@click.argument("kind", required=False)
@click.option("--list", "listing", is_flag=True, help="List the kinds of figures.")
@click.option(
    "-o",
    "--out",
    metavar="FILE|DIR",
    type=click.Path(path_type=Path),
    default=Path("figures"),
    show_default=True,
    help="A file ending in .svg or .png, or a folder for both.",
)
@plugin_file_option
@results_option
@click.option("--dataset", metavar="NAME", help="Data set; that of the newest run unless given.")
@dataset_options
@click.option("-c", "--channel", "channels", metavar="NAME", multiple=True, help="Channel; repeatable.  [default: all]")
@click.option("-e", "--entry", "entries", metavar="NAME", multiple=True, help="Entry to draw; repeatable.")
@click.option("-s", "--signal", "signals", metavar="NAME", multiple=True, help="Signal to draw; repeatable.")
@click.option("-m", "--metric", metavar="NAME", help="Figure of merit that ranks: auc, eps_s@1e-2, ...  [default: auc]")
@click.option("-r", "--ranking", metavar="NAME", default="mean", show_default=True, help="Ranking that selects.")
@click.option("--published", type=click.Choice(("none", "only", "auto")), default="none", show_default=True,
              help="Imported published results instead of yours, or among them.")  # fmt: skip
@click.option("--at", "efficiencies", metavar="EPS_B", multiple=True, default=("0.1", "1e-2"), show_default=True,
              help="Background efficiency of a selection; repeatable.")  # fmt: skip
@click.option("--width", type=click.Choice(("single", "double")), default="double", show_default=True,
              help="One or two columns of a page: 3.4 or 7 inches.")  # fmt: skip
def command(
    kind: str | None,
    listing: bool,
    out: Path,
    results: Path,
    dataset: str | None,
    options: DatasetOptions,
    channels: tuple[str, ...],
    entries: tuple[str, ...],
    signals: tuple[str, ...],
    metric: str | None,
    ranking: str,
    published: str,
    efficiencies: tuple[str, ...],
    width: str,
) -> None:
    """Draw a figure of one KIND: boxes, roc, ranks, pairwise, pareto, ...; --list shows all.

    The same results give the same bytes. Figures of one channel take the first that is given.

    \b
      adbench plot --list
      adbench plot boxes --out boxes.svg
      adbench plot roc --channel 1 --entry met --entry isolation_forest --signal stlp_st1000 --out roc.png
      adbench plot processes --channel 2b --at 0.1 --width single
      adbench plot boxes --published only --ranking average_rank
    """
    from adbench.api.errors import UnknownNameError, UsageError
    from adbench.leaderboard.plots import KINDS

    if listing or kind is None:
        for name, one in KINDS.items():
            click.echo(f"{name:<12} {one.summary}")
        return
    if kind not in KINDS:
        raise UnknownNameError("figure", kind, KINDS, "adbench plot --list")
    if out.suffix and out.suffix not in (".svg", ".png"):
        msg = f"{out}: figures are written as .svg or .png; choose one of them, or a folder, with --out"
        raise UsageError(msg)

    from dataclasses import replace

    from adbench.cli.stored_choice import RAW, chosen_events
    from adbench.leaderboard.board import build_board
    from adbench.leaderboard.plots import draw
    from adbench.leaderboard.plots.request import Request
    from adbench.leaderboard.stored import readable_runs
    from adbench.metrics.working_point import parse_efficiency
    from adbench.plotting import save_figure, styled
    from adbench.runs.store import ResultsFolder

    store = ResultsFolder(results.expanduser())
    only = published == "only"
    edition, split, events = (None, None, None) if only else chosen_events(store, dataset, options)
    board = build_board(
        store,
        dataset=dataset,
        edition=edition,
        split=split,
        events=events,
        channels=channels,
        metrics=[] if metric is None else [metric],
        ranking=ranking,
        published=published,
    )
    shown = options
    if options.edition is None and options.data is None:
        shown = replace(options, edition=board.edition.removesuffix(RAW) if options.raw else board.edition)
    request = Request(
        kind=kind,
        board=board,
        runs=() if only else tuple(readable_runs(store)[0]),
        entries=entries,
        channel=channels[0] if channels else "",
        signals=signals,
        efficiencies=tuple(map(parse_efficiency, efficiencies)),
        width=width,
        dataset=lambda: open_dataset(board.dataset, shown),
    )
    with styled():
        figure = draw(request)
        for path in [out] if out.suffix else [out / f"{kind}.svg", out / f"{kind}.png"]:
            save_figure(figure, path)
            click.echo(f"figure {path}")
