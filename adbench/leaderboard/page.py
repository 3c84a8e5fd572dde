"""The leaderboard as one HTML file that needs nothing else: no network, no server, no clock.

The content security policy of the page allows its own style and script, by their hashes, and nothing else. All names
and texts are data: the template escapes them, and the script writes them as text.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from adbench.api.errors import MissingError
from adbench.api.page import PageSection
from adbench.leaderboard.board import build_board
from adbench.leaderboard.page_data import SCALE, board_data
from adbench.leaderboard.ranked import Board
from adbench.leaderboard.stored import readable_runs
from adbench.plugins import Plugins, plugins
from adbench.published.library import Library
from adbench.runs.files import write_whole
from adbench.runs.store import ResultsFolder

__all__ = ["embedded", "page", "page_boards", "page_sections", "write_page"]


def write_page(results: ResultsFolder, folder: Path, report: Callable[[str], None] = lambda text: None) -> Path:
    """Write ``index.html`` of all stored and imported results into a folder and return its path.

    Args:
        results: the results folder.
        folder: made where it is not there.
        report: told, in one line each, which plugin's sections could not be shown.

    Raises:
        MissingError: there are no results, or the file cannot be written.
    """
    boards = page_boards(results)
    sections = page_sections([board for board, _ in boards], plugins(), report)
    runs = readable_runs(results)[0]
    text = page([board_data(board, runs, warning) for board, warning in boards], sections)
    path = folder / "index.html"
    try:
        write_whole(path, text)
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}. Choose another folder with --html"
        raise MissingError(msg) from error
    return path


def page_boards(results: ResultsFolder) -> list[tuple[Board, str]]:
    """Return one board for each combination of events, with the warning that it stands beside others; ours first."""
    runs, _ = readable_runs(results)
    found = {
        (run.record.identity.dataset, run.record.identity.edition, run.record.identity.split)
        for run in runs
        if run.record.status == "ok"
    }
    boards = [build_board(results, dataset=name, edition=edition, split=s) for name, edition, s in sorted(found)]
    names = Library(results.root).names()
    if names:
        boards.append(build_board(results, published="only"))
    if not boards:
        boards = [build_board(results)]  # says what is missing
    if len(boards) == 1:
        return [(boards[0], "")]
    warning = (
        "Measured on other events than the boards under the other tabs. Figures and ranks must not be compared "
        "across tabs."
    )
    return [(board, warning) for board in boards]


def page_sections(
    boards: Sequence[Board], found: Plugins, report: Callable[[str], None] = lambda text: None
) -> list[PageSection]:
    """Return the sections of all plugins; what one of them breaks is reported and left out."""
    sections: list[PageSection] = []
    for plugin in found.loaded:
        if "adbench_leaderboard_sections" not in plugin.hooks:
            continue
        try:
            returned = [
                section for board in boards for section in plugin.module.adbench_leaderboard_sections(board=board)
            ]
            wrong = [one for one in returned if not isinstance(one, PageSection)]
            if wrong:
                msg = f"it returned a {type(wrong[0]).__name__}, which is no PageSection"
                raise TypeError(msg)
        except Exception as error:  # noqa: BLE001  whatever a plugin raises is its own problem
            report(str(found.trouble(plugin.name, "adbench_leaderboard_sections", error)))
        else:
            sections += [section for section in returned if section not in sections]
    return sections


def page(boards: Sequence[dict[str, Any]], sections: Sequence[PageSection] = ()) -> str:
    """Return the page. The same boards give the same bytes.

    Args:
        boards: what `board_data` returns.
        sections: of plugins.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("adbench.leaderboard"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    folder = Path(__file__).parent / "templates"
    style, script = ((folder / name).read_text("utf-8") for name in ("page.css", "page.js"))
    return environment.get_template("page.html").render(
        style=Markup(style),
        script=Markup(script),
        style_hash=_hash(style),
        script_hash=_hash(script),
        data=Markup(embedded({"scale": SCALE, "boards": boards})),
        sections=sections,
    )


def embedded(value: Any) -> str:
    """Return JSON that no text inside it can break out of, whatever it is made of: no <, > or & as they are."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)  # plain ASCII: no U+2028 either
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
