"""What contaminated training costs, as a Markdown table: ``python studies/contamination.py [RESULTS] [METRIC]``.

The mean of the figure over all channel-signal pairs for a detector that learnt from pure background, and the change of
that mean with each share of signal. A change is taken within a seed, on the same events, so that what both runs share
cancels; its error is that of the mean over seeds, widened for their small number. The last column is the change in the
channel that loses most with the largest share. Detectors that lack a channel are left out.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np

from adbench.leaderboard.board import build_board
from adbench.leaderboard.entries import Entry, standard_deviation
from adbench.runs.store import ResultsFolder
from adbench.statistics.student import joint_error


def main(folder: Path, metric: str) -> None:
    results = ResultsFolder(folder)
    share_of = {run.record.key: run.record.identity.contamination for run in results}
    board = build_board(results, metrics=[metric], contaminated=True, published="none")
    by_share: dict[str, dict[float, Entry]] = {}
    for entry in board.entries:
        if entry.coverage == 1:
            by_share.setdefault(entry.detector, {})[share_of[entry.keys[0]]] = entry
    shares = sorted(set(share_of.values()) - {0.0})
    if not shares:
        sys.exit(
            "no run here learnt from contaminated background: adbench study studies/contamination.yaml --results DIR"
        )
    complete = {name: entries for name, entries in by_share.items() if {0.0, *shares} <= set(entries)}
    print("| detector | 0 | " + " | ".join(f"{share:.1%}" for share in shares) + " | worst channel |")
    print("| --- | ---: |" + " ---: |" * len(shares) + " --- |")
    for name, entries in sorted(complete.items(), key=lambda item: -item[1][0.0].standings[metric].value):
        pure = entries[0.0]
        changes = [_shown(_changes(pure, entries[share], board.channels, metric)) for share in shares]
        worst, channel = min(
            (float(np.mean(_changes(pure, entries[shares[-1]], (channel,), metric))), channel)
            for channel in board.channels
        )
        cells = [f"{pure.standings[metric].value:.3f}", *changes, f"{channel}: {worst:+.3f}"]
        print(f"| `{name}` | " + " | ".join(cells) + " |")


def _changes(pure: Entry, contaminated: Entry, channels: tuple[str, ...], metric: str) -> list[float]:
    """Return the change of the mean over the columns of some channels, one for each seed that both have."""
    columns = [column for column in pure.cells if column[0] in channels]
    seeds = sorted(set(pure.seeds) & set(contaminated.seeds))
    before, after = (
        np.array([[entry.cells[column][metric].by_seed[seed] for column in columns] for seed in seeds])
        for entry in (pure, contaminated)
    )
    return [float(change) for change in (after - before).mean(axis=1)]


def _shown(changes: list[float]) -> str:
    """Return the mean of the changes, with its error where there are several seeds."""
    mean, n = f"{np.mean(changes):+.3f}", len(changes)
    return mean if n < 2 else f"{mean} ± {joint_error(0.0, standard_deviation(changes) / math.sqrt(n), n):.3f}"


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "results"), sys.argv[2] if len(sys.argv) > 2 else "auc")
