"""Figure and tables of the study of digits (arXiv:2011.03550, section 2): ``python studies/quak_digits.py RESULTS``.

Left: AUC on 9 against the share of 7 in the proxy. Right: AUC of each digit when the others are known, in the space of
losses and in a latent space. Bars are 68 % intervals. Tables go to the terminal as Markdown, the figure to
RESULTS/figures/quak_digits.png.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adbench.api import Estimate
from adbench.leaderboard.board import build_board
from adbench.plotting import COLOURS, GREY, MARKERS, WIDTHS, save_figure, styled
from adbench.runs.store import ResultsFolder

SHARES = {100: "bkg5_proxy7_anomaly9"} | {n: f"bkg5_proxy7x{n}_anomaly9" for n in (75, 50, 25, 10, 0)}
NAMES = {
    "quak_2d": "QUAK, cut scan",
    "quak_nd": "losses, dense network",
    "quak_lda": "losses, linear discriminant",
    "quak_latent": "latent space, dense network",
    "supervised_mlp": "supervised on the proxy",
    "pca": "principal components",
}
ALL_KNOWN = "bkg5"
COMPARED = ("quak_nd", "quak_lda", "quak_latent", "pca")


def main(folder: Path) -> None:
    results = ResultsFolder(folder)
    diluted = {share: figures(results, channel) for share, channel in SHARES.items()}
    digits = figures(results, ALL_KNOWN)
    names = [name for name in NAMES if any(name in found for found in diluted.values())]
    print("| share of 7 in the proxy | " + " | ".join(NAMES[name] for name in names) + " |")
    print("|---|" + "---|" * len(names))
    for share, found in diluted.items():
        print(f"| {share} % | " + " | ".join(shown(found.get(name, {}).get("digit_9")) for name in names) + " |")
    compared = [name for name in COMPARED if name in digits]
    print("\n| digit | " + " | ".join(NAMES[name] for name in compared) + " |")
    print("|---|" + "---|" * len(compared))
    signals = list(digits[compared[0]]) if compared else []
    for signal in signals:
        print(f"| {signal[-1]} | " + " | ".join(shown(digits[name].get(signal)) for name in compared) + " |")
    draw(diluted, digits, names, compared, folder / "figures" / "quak_digits.png")


def figures(results: ResultsFolder, channel: str) -> Mapping[str, Mapping[str, Estimate]]:
    """Return the AUC by detector and signal, averaged over seeds; nothing where the channel has no runs."""
    if not any(run.record.identity.channel == channel and run.record.status == "ok" for run in results):
        return {}
    board = build_board(results, dataset="digits", metrics=["auc"], channels=[channel], published="none")
    found: dict[str, dict[str, Estimate]] = {}
    for entry in board.entries:
        if entry.detector in found:
            sys.exit(f"{results.root}: {entry.detector} has several sets of parameters; keep the runs of one")
        found[entry.detector] = {signal: cell["auc"] for (_, signal), cell in entry.cells.items()}
    return found


def shown(cell: Estimate | None) -> str:
    """Return the value with its 68 % interval."""
    return "-" if cell is None else f"{cell.value:.3f} [{cell.low:.3f}, {cell.high:.3f}]"


def draw(
    diluted: Mapping[int, Any], digits: Mapping[str, Any], names: list[str], compared: list[str], to: Path
) -> None:
    """Draw both panels."""
    looks = {name: {"color": COLOURS[i], "marker": MARKERS[i]} for i, name in enumerate(NAMES)}
    with styled():
        from matplotlib.figure import Figure

        figure = Figure((WIDTHS["double"], 3.0), layout="constrained")
        left, right = figure.subplots(1, 2)
        for i, name in enumerate(names):
            points = [(share, found[name]["digit_9"]) for share, found in diluted.items() if name in found]
            errorbars(left, [share + 0.8 * (i - len(names) / 2) for share, _ in points], points, looks[name], "-")
        left.set(xlabel="share of 7 in the proxy [%]", ylabel="AUC on 9")
        left.invert_xaxis()
        for i, name in enumerate(compared):
            points = [(int(signal[-1]), cell) for signal, cell in digits[name].items()]
            errorbars(right, [digit + 0.14 * (i - len(compared) / 2) for digit, _ in points], points, looks[name], "")
        right.set(xlabel="digit that is not known beforehand", ylabel="AUC", xticks=[n for n in range(10) if n != 5])
        for panel in (left, right):
            panel.axhline(0.5, color=GREY, linewidth=0.8, linestyle=":")
            panel.grid(visible=True)
        shown_names = [name for name in NAMES if name in {*names, *compared}]
        handles = [left.plot([], [], linestyle="-", markersize=3.5, **looks[name])[0] for name in shown_names]
        figure.legend(handles, [NAMES[name] for name in shown_names], loc="outside lower center", ncols=3)
        to.parent.mkdir(parents=True, exist_ok=True)
        save_figure(figure, to)


def errorbars(panel: Any, places: list[float], points: list[tuple[int, Estimate]], look: Any, line: str) -> None:
    """Draw values with their intervals at the given places."""
    values = [cell.value for _, cell in points]
    bars = [[cell.value - cell.low for _, cell in points], [cell.high - cell.value for _, cell in points]]
    panel.errorbar(places, values, yerr=bars, linestyle=line, markersize=3.5, linewidth=0.9, elinewidth=0.9, **look)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "results"))
