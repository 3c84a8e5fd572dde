"""Print the AUC of each score on each resonance of lhco, with 68 % intervals, from stored runs.

python studies/quak_lhco.py RESULTS
"""

from __future__ import annotations

import sys
from pathlib import Path

from adbench.leaderboard.board import build_board
from adbench.runs.store import ResultsFolder


def main(folder: Path) -> None:
    results = ResultsFolder(folder)
    channels = sorted({run.record.identity.channel for run in results if run.record.identity.dataset == "lhco"})[:1]
    board = build_board(results, dataset="lhco", metrics=["auc"], channels=channels, all_scores=True, published="none")
    print("| score |", " | ".join(signal for _, signal in board.columns), "|")
    print("|---|" + "---|" * len(board.columns))
    for entry in board.entries:
        cells = [entry.cells[column]["auc"] for column in board.columns]
        print(f"| {entry.name} |", " | ".join(f"{c.value:.3f} [{c.low:.3f}, {c.high:.3f}]" for c in cells), "|")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "results"))
