"""``adbench leaderboard``: who finds most, on which channel, by which measure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from adbench.cli.options import dataset_options, make_dataset_options, open_dataset, results_option
from adbench.cli.tables import rendered, terminal_width

if TYPE_CHECKING:
    from adbench.leaderboard.board import Board

_FORMATS = ("table", "json", "csv", "markdown")


@click.command(name="leaderboard")
@results_option
@click.option("--dataset", metavar="NAME", help="Data set; that of the newest run unless given.")
@dataset_options
@click.option(
    "-c",
    "--channel",
    "channels",
    metavar="NAME",
    multiple=True,
    default=("all",),
    show_default=True,
    help="Channel; repeatable.",
)
@click.option("-m", "--metric", metavar="NAME", help="Figure of merit: auc, eps_s@1e-2, max_si, ...  [default: auc]")
@click.option(
    "-r",
    "--ranking",
    metavar="NAME",
    default="mean",
    show_default=True,
    help="mean, median, minimum, average_rank, top_scorer, top5_scorer, ti_median, ..., or all.",
)
@click.option("--top", metavar="N", type=click.IntRange(1), help="Show the first N entries only.")
@click.option("--supervision", metavar="CLASS", help="Only unsupervised, semi-supervised or supervised entries.")
@click.option("--max-events", metavar="N", type=click.IntRange(1), help="Show runs that were limited to N events.")
@click.option("--all-scores", is_flag=True, help="An entry for every named score, not the first alone.")
@click.option("--compat", metavar="NAME", default="", help="Rank as published: arxiv-2105.14027.")
@click.option(
    "--format", "style", type=click.Choice(_FORMATS), default="table", show_default=True, help="How to print."
)
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file."
)
@click.option(
    "--figures", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), help="Draw figures into DIR."
)
def command(
    results: Path,
    dataset: str | None,
    edition: str | None,
    data: Path | None,
    split: str | None,
    folds: int,
    raw: bool,
    skip_bad_lines: bool,
    channels: tuple[str, ...],
    metric: str | None,
    ranking: str,
    top: int | None,
    supervision: str | None,
    max_events: int | None,
    all_scores: bool,
    compat: str,
    style: str,
    output: Path | None,
    figures: Path | None,
) -> None:
    """Rank the stored runs.

    Each entry is one detector with one set of parameters; its seeds are averaged. Entries that lack a channel or a
    signal are listed apart, with the reason. Runs on different events, splits or detector versions never share a
    board; what is left out is said below it. Data set, edition and split are those of the newest run unless given;
    with --data, --raw, --skip-bad-lines or --folds the board is that of exactly these events.

    \b
      adbench leaderboard
      adbench leaderboard --channel 2b --metric eps_s@1e-2 --ranking average_rank
      adbench leaderboard --ranking all --top 10
      adbench leaderboard --data my_events/ --split k-folds
      adbench leaderboard --format json --output board.json
    """
    from adbench.leaderboard.board import build_board
    from adbench.leaderboard.selection import select_runs
    from adbench.runs.store import ResultsFolder

    store = ResultsFolder(results.expanduser())
    exact = data is not None or raw or skip_bad_lines or _given("folds")
    options = make_dataset_options(edition, data, split, folds, raw, skip_bad_lines)
    board = build_board(
        store,
        dataset=dataset,
        edition=None if exact else edition,
        split=None if exact else split,
        events=open_dataset(dataset or select_runs(store).dataset, options) if exact else None,
        channels=() if "all" in channels else channels,
        metrics=[] if metric is None else [metric],
        ranking="mean" if ranking == "all" else ranking,
        supervision=supervision,
        max_events=max_events,
        all_scores=all_scores,
        compat=compat,
    )
    boards = _by_every_method(board) if ranking == "all" else [board]
    if figures is not None:
        from adbench.leaderboard.figures import FIGURES, draw_figures

        for path in draw_figures(board, store, FIGURES, figures):
            click.echo(f"figure {path}", err=True)
    if output is None:
        text = _text(boards, style, top, terminal_width())
        click.echo(text, nl=False)
    else:
        _write(output, _text(boards, style, top, None))


def _given(option: str) -> bool:
    """Tell whether the user gave an option that has a default."""
    return click.get_current_context().get_parameter_source(option) is not ParameterSource.DEFAULT


def _by_every_method(board: Board) -> list[Board]:
    """Return the board ranked by the default method, then by all others that fit its metric."""
    from adbench.leaderboard.board import rank_board
    from adbench.rankings.plugin import SIX_RANKINGS
    from adbench.registry import catalogue

    others = [] if board.compat else sorted(set(catalogue().rankings.specs) - set(SIX_RANKINGS))
    methods = [catalogue().ranking(name) for name in dict.fromkeys([board.ranking.name, *SIX_RANKINGS, *others])]
    return [rank_board(board, method) for method in methods if method.figure in ("", board.metric.name)]


def _first(board: Board, top: int | None) -> Board:
    from dataclasses import replace

    if top is None or top >= len(board.entries):
        return board
    left = len(board.entries) - top
    more = f"{left} more {'entry' if left == 1 else 'entries'} (--top {top})"
    return replace(board, entries=board.entries[:top], notes=(*board.notes, more))


def _text(boards: Sequence[Board], style: str, top: int | None, width: int | None) -> str:
    from adbench.leaderboard.export import as_csv, as_json, as_markdown
    from adbench.leaderboard.terminal import board_parts, comparison_parts

    if style in ("json", "csv"):
        each = [_first(board, top) for board in boards]
        return as_json(each) if style == "json" else as_csv(each)
    beside = [_first(boards[0], top), *boards[1:]]  # the others tell where the entries of the first stand
    if style == "markdown":
        return as_markdown(beside)
    parts = comparison_parts(beside, width) if len(beside) > 1 else board_parts(beside[0], width)
    return rendered(*parts, width=width)


def _write(path: Path, text: str) -> None:
    from adbench.api.errors import MissingError

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}. Choose another file with --output"
        raise MissingError(msg) from error
    click.echo(f"written to {path}", err=True)
