"""The paper's Table S1 beside ours, as Markdown: ``python studies/jawahar_table_s1.py [RESULTS]``.

Run ``adbench study studies/jawahar_table_s1.yaml`` first. As in the paper, a figure is the median over all pairs of
channel and signal, here of seed means; its 68 % interval is in brackets, the spread over seeds behind it.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

from adbench.leaderboard.board import build_board
from adbench.leaderboard.entries import Standing
from adbench.runs.store import ResultsFolder

METRICS = ("auc", "eps_s@1e-2", "max_si")
PAPER = {  # arXiv:2110.08508, Table S1: AUC and eps_S at eps_B = 1e-2, in percent; the last digits' spread in brackets
    "conv_vae": ("75.6(5)", "1.7(6)"),
    "gcn_vae": ("76.8(2)", "55.7(11)"),
    "gcn_vae_householder": ("86.1(4)", "69.6(19)"),
    "gcn_vae_orthogonal": ("82.4(6)", "65.0(14)"),
    "gcn_vae_nsf_ar": ("82.1(4)", "64.1(18)"),
    "gcn_vae_planar": ("80.0(7)", "61.1(14)"),
    "gcn_vae_convolutional": ("79.2(2)", "62.7(14)"),
    "gcn_vae_triangular": ("75.9(5)", "64.7(15)"),
    "gcn_vae_iaf": ("75.1(8)", "59.2(27)"),
}


def main(folder: Path) -> None:
    standings: dict[str, dict[str, Standing]] = {}
    seeds: dict[str, int] = {}
    for metric in METRICS:
        board = build_board(ResultsFolder(folder), metrics=[metric], ranking="median", published="none")
        for entry in board.entries:
            standings.setdefault(entry.name, {})[metric] = entry.standings[metric]
            seeds[entry.name] = len(entry.seeds)
    print("| detector | seeds | AUC, paper | AUC | eps_S at 1e-2, paper | eps_S at 1e-2 | max SI |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name in [*PAPER, *sorted(standings.keys() - PAPER.keys())]:
        auc, efficiency = PAPER.get(name, ("", ""))
        ours = standings.get(name, dict.fromkeys(METRICS, Standing()))
        columns = (auc, shown(ours["auc"], 100), efficiency, shown(ours["eps_s@1e-2"], 100), shown(ours["max_si"]))
        print(f"| `{name}` | {seeds.get(name, 0)} | " + " | ".join(columns) + " |")


def shown(standing: Standing, scale: float = 1) -> str:
    """Return the value with its 68 % interval and the spread over seeds."""
    if standing.rank is None:
        return "not run"
    value, low, high, spread = (scale * x for x in (standing.value, standing.low, standing.high, standing.spread))
    return f"{value:.2f} [{low:.2f}, {high:.2f}]" + ("" if math.isnan(spread) else f" ± {spread:.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "results"))
