"""``adbench leaderboard``: who finds most, on which channel, by which measure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from adbench.cli.options import dataset_options, plugin_file_option, results_option
from adbench.cli.tables import rendered, terminal_width

if TYPE_CHECKING:
    from adbench.api import DatasetOptions
    from adbench.leaderboard.board import Board
    from adbench.runs.store import ResultsFolder

_FORMATS = ("table", "json", "csv", "markdown")
_FEW_PUBLISHED = 20  # published entries in a table, unless --top says how many


@click.command(name="leaderboard")
@plugin_file_option
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
@click.option("--contaminated", is_flag=True, help="Also runs whose training background has signal in it.")
@click.option("--all-scores", is_flag=True, help="An entry for every named score, not the first alone.")
@click.option("--statistics", is_flag=True, help="Ranks with 68 % intervals: signals, seeds and events drawn again.")
@click.option("--pairwise", is_flag=True, help="Which of the first entries can be told apart, and by how much.")
@click.option(
    "--cost", is_flag=True, help="Training time beside the figure: nobody is cheaper and better on the front."
)
@click.option("--compat", metavar="NAME", default="", help="Rank as published: arxiv-2105.14027.")
@click.option(
    "--published",
    type=click.Choice(("auto", "beside", "only", "none")),
    default="auto",
    show_default=True,
    help="Imported published results; auto: among yours if measured on the same events, else beside.",
)
@click.option(
    "--format", "style", type=click.Choice(_FORMATS), default="table", show_default=True, help="How to print."
)
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file."
)
@click.option(
    "--figures", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), help="Draw figures into DIR."
)
@click.option(
    "--html", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), help="Write the page DIR/index.html."
)
def command(
    results: Path,
    dataset: str | None,
    options: DatasetOptions,
    channels: tuple[str, ...],
    metric: str | None,
    ranking: str,
    top: int | None,
    supervision: str | None,
    max_events: int | None,
    contaminated: bool,
    all_scores: bool,
    statistics: bool,
    pairwise: bool,
    cost: bool,
    compat: str,
    published: str,
    style: str,
    output: Path | None,
    figures: Path | None,
    html: Path | None,
) -> None:
    """Rank the stored runs.

    Each entry is one detector with one set of parameters; its seeds are averaged. Entries that lack a channel or a
    signal are listed apart, with the reason. Runs on different events, splits or detector versions never share a
    board; what is left out is said below it. Data set, edition and split are those of the newest run unless given;
    with --data the board is that of exactly the events in that folder. Without it, --split, --folds and --raw choose
    among the stored runs.

    \b
      adbench leaderboard
      adbench leaderboard --channel 2b --metric eps_s@1e-2 --ranking average_rank
      adbench leaderboard --ranking all --top 10
      adbench leaderboard --split k-folds --folds 5
      adbench leaderboard --data my_events/ --split k-folds
      adbench leaderboard --published only --compat arxiv-2105.14027 --channel 1
      adbench leaderboard --pairwise --metric eps_s@1e-2
      adbench leaderboard --format json --output board.json
      adbench leaderboard --html page/
    """
    from adbench.cli.stored_choice import chosen_events
    from adbench.leaderboard.board import build_board
    from adbench.leaderboard.stored import readable_runs
    from adbench.runs.store import ResultsFolder

    view = _chosen_view(ranking, statistics=statistics, pairwise=pairwise, cost=cost)
    store = ResultsFolder(results.expanduser())
    if html is not None:
        _write_page(store, html)
        return
    if published == "only":
        _refuse_with_published_only()
    edition, split, events = chosen_events(store, dataset, options)
    board = build_board(
        store,
        dataset=dataset,
        edition=edition,
        split=split,
        events=events,
        channels=() if "all" in channels else channels,
        metrics=[] if metric is None else [metric],
        ranking="mean" if ranking == "all" else ranking,
        supervision=supervision,
        max_events=max_events,
        contaminated=contaminated,
        all_scores=all_scores,
        compat=compat,
        published=published,
    )
    boards = _by_every_method(board) if ranking == "all" else [board]
    if figures is not None:
        from adbench.leaderboard.figures import USUAL, draw_figures

        for path in draw_figures(board, store, USUAL, figures):
            click.echo(f"figure {path}", err=True)
    if view:
        from adbench.cli.board_views import view_text

        runs, shown = readable_runs(store)[0], _first(board, top)

        def text(width: int | None) -> str:
            return view_text(view, board, runs, shown, top, style, width)

    else:

        def text(width: int | None) -> str:
            return _text(boards, style, top, width)

    if output is None:
        click.echo(text(terminal_width()), nl=False)
    else:
        _write(output, text(None))


def _chosen_view(ranking: str, **views: bool) -> str:
    """Return the one view that was asked for; empty = the board itself."""
    from adbench.api.errors import UsageError

    chosen = [name for name, wanted in views.items() if wanted]
    if len(chosen) > 1:
        msg = f"--{chosen[0]} and --{chosen[1]} are two views of a board: give one of them"
        raise UsageError(msg)
    if chosen and ranking == "all":
        msg = f"--{chosen[0]} shows one ranking: give its name, such as --ranking mean"
        raise UsageError(msg)
    return chosen[0] if chosen else ""


def _write_page(store: ResultsFolder, folder: Path) -> None:
    """Write the page of all results; the options that choose a board are choices on the page itself."""
    from adbench.api.errors import UsageError
    from adbench.leaderboard.page import write_page

    others = [name for name in click.get_current_context().params if name not in ("html", "results") and _given(name)]
    if others:
        option = others[0].replace("_", "-").replace("channels", "channel").replace("style", "format")
        msg = f"--html shows all results, and the page itself offers the choices: leave --{option} out"
        raise UsageError(msg)
    path = write_page(store, folder, lambda problem: click.echo(f"warning: {problem}", err=True))
    click.echo(f"written to {path}", err=True)


def _refuse_with_published_only() -> None:
    """Raise UsageError for an option that chooses among our runs: published results know no such choice."""
    from adbench.api.errors import UsageError

    ours = (
        "edition",
        "data",
        "split",
        "folds",
        "raw",
        "skip_bad_lines",
        "supervision",
        "max_events",
        "contaminated",
        "all_scores",
    )
    given = [name for name in ours if _given(name)]
    if given:
        option = given[0].replace("_", "-")
        msg = (
            f"--{option} chooses among your runs, and --published only shows none of them: leave --{option} out, or "
            "see both with --published beside"
        )
        raise UsageError(msg)


def _given(option: str) -> bool:
    """Tell whether the user gave an option that has a default."""
    return click.get_current_context().get_parameter_source(option) is not ParameterSource.DEFAULT


def _by_every_method(board: Board) -> list[Board]:
    """Return the board ranked by the default method, by the other five, by the median total improvement, and by others.

    A method of a plugin that raises is left out with a warning.
    """
    from adbench.api.errors import PluginError
    from adbench.cli.blame import raised_by
    from adbench.leaderboard.board import rank_board
    from adbench.rankings.plugin import SIX_RANKINGS, TOTAL_IMPROVEMENTS
    from adbench.registry import catalogue

    seven = dict.fromkeys([board.ranking.name, *SIX_RANKINGS, "ti_median"])
    names = TOTAL_IMPROVEMENTS if board.compat else sorted(catalogue().rankings.specs)
    others = [catalogue().ranking(name) for name in names if name not in seven]
    methods = [catalogue().ranking(name) for name in seven]
    methods += [method for method in others if method.figure in ("", board.metric.name)]
    boards = [_on_figure(board, method.figure) for method in methods]
    ranked = []
    for one, method in zip(boards, methods, strict=True):
        if one is None:
            continue
        try:
            ranked.append(rank_board(one, method))
        except Exception as error:
            origin = raised_by(error)
            if not origin and not isinstance(error, PluginError):
                raise
            what = f"{type(error).__name__}: {' '.join(str(error).split())}"
            click.echo(f"warning: ranking '{method.name}' left out: {what}{origin and f' ({origin})'}", err=True)
    return ranked


def _on_figure(board: Board, figure: str) -> Board | None:
    """Return the board with the figure first that a method is defined on; None where it does not have it."""
    from dataclasses import replace

    own = [metric for metric in board.metrics if metric.name == figure]
    if figure and not own:
        return None
    rest = [metric for metric in board.metrics if metric.name != figure]
    others = [_on_figure(other, figure) for other in board.beside]
    return replace(board, metrics=(*own, *rest), beside=tuple(other for other in others if other is not None))


def _first(board: Board, top: int | None) -> Board:
    """Return the board with its first entries; unless told otherwise, with all of ours and the best published ones."""
    from dataclasses import replace

    few = [entry.name for entry in board.entries if entry.source == "published" and not entry.twin_of][:_FEW_PUBLISHED]
    seen = tuple(entry for entry in board.entries if entry.source != "published" or entry.name in few)
    shown = board.entries[:top] if top else seen
    left = len(board.entries) - len(shown)
    beside = tuple(_first(other, top) for other in board.beside)
    if not left:
        return replace(board, beside=beside)
    how = f"--top {top}" if top else f"published ones; see them with --top {len(board.entries)}"
    more = f"{left:,} more {'entry' if left == 1 else 'entries'} ({how})"
    return replace(board, entries=shown, notes=(*board.notes, more), beside=beside)


def _text(boards: Sequence[Board], style: str, top: int | None, width: int | None) -> str:
    from adbench.leaderboard.export import as_csv, as_json, as_markdown
    from adbench.leaderboard.terminal import board_parts, comparison_parts

    if style in ("json", "csv"):
        each = [_first(board, top) for board in boards] if top else boards
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
