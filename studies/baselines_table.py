"""Stored runs as a Markdown table: ``python studies/baselines_table.py [RESULTS] [METRIC]``.

One column for each channel: the mean of the figure over the channel's signals, its 68 % interval in brackets.
The time is that of fit and score together in the slowest channel, as the records hold it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from adbench.leaderboard.board import build_board
from adbench.leaderboard.entries import Standing
from adbench.runs.store import ResultsFolder


def main(folder: Path, metric: str) -> None:
    results = ResultsFolder(folder)
    total = build_board(results, metrics=[metric], published="none")
    channels = total.channels
    boards = [build_board(results, metrics=[metric], channels=[channel], published="none") for channel in channels]
    places = [{entry.name: entry.standings[metric] for entry in board.entries} for board in boards]
    seconds: dict[str, float] = {}
    for run in results:
        taken = run.record.timings.get("fit", 0.0) + run.record.timings.get("score", 0.0)
        seconds[run.record.entry] = max(seconds.get(run.record.entry, 0.0), taken)
    print("| detector | class | " + " | ".join(f"channel {channel}" for channel in channels) + " | time (s) |")
    print("| --- | --- |" + " ---: |" * (len(channels) + 1))
    for entry in total.entries:
        cells = [shown(place.get(entry.name, Standing())) for place in places]
        print(f"| `{entry.name}` | {entry.supervision} | " + " | ".join(cells) + f" | {seconds[entry.name]:.1f} |")


def shown(standing: Standing) -> str:
    """Return the value with its 68 % interval, or why there is none."""
    return "-" if standing.rank is None else f"{standing.value:.3f} [{standing.low:.3f}, {standing.high:.3f}]"


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "results"), sys.argv[2] if len(sys.argv) > 2 else "auc")
