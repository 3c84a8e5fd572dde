"""The reference board: ``python studies/reference_board.py [--check]``.

From the reference results in ``leaderboard/`` it makes the page ``leaderboard/index.html`` and the table between two
marks of README.md. With ``--check`` nothing is written, and both are compared with what is there.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from adbench.leaderboard.board import build_board
from adbench.leaderboard.entries import Entry
from adbench.leaderboard.page import write_page
from adbench.registry import catalogue
from adbench.runs.plan import make_plan, open_dataset
from adbench.runs.store import ResultsFolder
from adbench.runs.studyfile import read_study

ROOT = Path(__file__).resolve().parent.parent
BOARD, README, STUDY = ROOT / "leaderboard", ROOT / "README.md", ROOT / "studies" / "reference.yaml"
BEGIN, END = "<!-- board: made by `make board` -->\n", "<!-- end of board -->\n"
METRICS = ("auc", "eps_s@1e-2", "max_si")
MOST = 12


def complete_channels(board: Path = BOARD) -> list[str]:
    """Return the channels in which every detector of the reference study has a result, or a reason for none."""
    study, results = read_study(STUDY), ResultsFolder(board)
    plan = make_plan(study, catalogue(), open_dataset(study, catalogue()), results)
    missing = {run.identity.channel for run in plan if results.find(run.identity) is None}
    return sorted({run.identity.channel for run in plan} - missing)


def table() -> str:
    """Return the leading entries by mean AUC over the complete channels as Markdown, with 68 % intervals."""
    channels = complete_channels()
    board = build_board(
        ResultsFolder(BOARD), dataset="darkmachines", channels=channels, metrics=list(METRICS), published="none"
    )
    ranked = [entry for entry in board.entries if entry.standings["auc"].rank is not None]
    lines = [
        f"The first {MOST} of {len(ranked)} detectors by mean AUC over the {len(board.columns)} channel-signal pairs "
        f"of the bundled sample in {'channel' if len(channels) == 1 else 'channels'} {', '.join(channels)}:",
        "",
        "| rank | detector | class | AUC | eps_S at 1e-2 | max SI |",
        "| ---: | --- | --- | ---: | ---: | ---: |",
    ]
    for entry in ranked[:MOST]:
        figures = " | ".join(_shown(entry, metric) for metric in METRICS)
        lines.append(f"| {entry.standings['auc'].rank} | `{entry.name}` | {entry.supervision} | {figures} |")
    return "\n".join(lines) + "\n"


def _shown(entry: Entry, metric: str) -> str:
    standing = entry.standings[metric]
    digits = 2 if metric == "max_si" else 3
    numbers = [f"{x:.{digits}f}" for x in (standing.value, standing.low, standing.high)]
    return "-" if standing.rank is None else f"{numbers[0]} [{numbers[1]}, {numbers[2]}]"


def readme() -> str:
    """Return README with the table between its marks."""
    before, _, rest = README.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def differences() -> list[str]:
    """Return the files that are not what the reference results give."""
    with tempfile.TemporaryDirectory() as folder:
        made = write_page(ResultsFolder(BOARD), Path(folder)).read_bytes()
    found = [] if made == (BOARD / "index.html").read_bytes() else ["leaderboard/index.html"]
    return found if readme() == README.read_text("utf-8") else [*found, "README.md"]


def main() -> int:
    """Write page and table, or compare them; return the exit code."""
    if "--check" in sys.argv[1:]:
        wrong = differences()
        for name in wrong:
            print(f"{name} is not what the results in leaderboard/ give: make board")
        return 1 if wrong else 0
    write_page(ResultsFolder(BOARD), BOARD)
    README.write_text(readme(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
