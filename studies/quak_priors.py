"""Right and wrong priors (Fig. 9 of arXiv:2011.03550): ``python studies/quak_priors.py OUT [--data FOLDER]``.

This is not the protocol of the leaderboard, which withholds the whole family of a signal. Here QUAK and a supervised
network are told of chosen priors: the prior half of the signal itself (right), of all signals, or of other families
alone (wrong). Both are measured on the half that nobody learnt from. With --data the background and the signal are
those of a folder of public files, and the bundled sample's signals are priors beside them. Prints the table of AUC with
68 % intervals; table.md and roc.png go to OUT.
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from adbench_quak.detector import Quak
from numpy.typing import NDArray

import adbench
import adbench.python
from adbench.api import Dataset, Events, Scored, prior_half, source_ids
from adbench.metrics.auc import AUC
from adbench.metrics.roc import signal_efficiency
from adbench.metrics.sample import ordered
from adbench.plotting import COLOURS, GREY, WIDTHS, save_figure, styled

Scores = dict[str, NDArray[np.float64]]
REDUCTIONS = {"2D": ("nearest", "scan"), "3D": ("two_nearest", "scan"), "nd": ("all", "ratio"), "lda": ("all", "lda")}
BACKGROUND = "background"
OURS = "simulated "  # in front of a prior that is not from the folder of public files
COLUMNS = ("1D", *REDUCTIONS, "supervised")
LINES = (("1D", "right"), ("2D", "right"), ("2D", "wrong"), ("nd", "right"), ("nd", "wrong"))
LINES += (("supervised", "right"), ("supervised", "wrong"))


def main(out: Path, data: Path | None, seed: int) -> None:
    ours = adbench.dataset("lhco")
    dataset = ours if data is None else adbench.dataset("lhco", data=data)
    channel = dataset.info.channels[0]
    for note in dataset.info.notes:
        print(f"note: {note}")
    train, validation, background = (part(channel) for part in (dataset.train, dataset.validation, dataset.background))
    priors = dict(dataset.priors(channel))
    if data is not None:
        wanted = ours.priors(ours.info.channels[0])
        priors |= {f"{OURS}{name}": with_columns(events, train) for name, events in wanted.items()}
    quak = adbench.detector("quak_2d", seed=seed).fit(train, validation, priors)
    told: dict[tuple[str, ...], adbench.python.PlainDetector] = {}  # supervised networks by their priors
    rows: list[tuple[str, str, str, dict[str, Scored], dict[str, Scored]]] = []
    losses = {BACKGROUND: quak.detector.losses(background.stripped())}
    for target in dataset.info.signals[channel]:
        signal = dataset.signal(channel, target)
        signal = signal[~prior_half(source_ids(signal))]
        losses[target] = quak.detector.losses(signal.stripped())
        for name, chosen in choices(dataset, target, tuple(priors)):
            if chosen not in told:
                told[chosen] = adbench.detector("supervised_mlp", seed=seed)
                told[chosen].fit(train, validation, {prior: priors[prior] for prior in chosen})
            views = dict(reduced(quak.detector, frozenset(priors) - set(chosen)))
            found: list[dict[str, Scored]] = []
            for sample, events in ((BACKGROUND, background), (target, signal)):
                known, sources = losses[sample], source_ids(events)
                scores: Scores = {key: view.reduced(known) for key, view in views.items()}
                scores |= {"1D": known[BACKGROUND], "supervised": told[chosen].score(events.stripped())}
                found.append({key: Scored.of(values, sources=sources) for key, values in scores.items()})
            rows.append((target, name, ", ".join(chosen), *found))
    out.mkdir(parents=True, exist_ok=True)
    text = "\n".join(table(rows))
    (out / "table.md").write_text(text + "\n", encoding="utf-8")
    print(text)
    draw(rows, out / "roc.png")


def choices(dataset: Dataset, target: str, priors: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield names of a choice of priors with the priors: the target alone, all, those of other families."""
    info = dataset.info
    others = tuple(name for name in priors if info.family(name.removeprefix(OURS)) != info.family(target))
    yield "right", (target,)
    if f"{OURS}{target}" in priors:
        yield "simulated", (f"{OURS}{target}",)
    yield "all", priors
    yield "wrong", others


def reduced(quak: Quak, withheld: frozenset[str]) -> Iterator[tuple[str, Quak]]:
    """Yield the fitted detector with each reduction of the losses, without the withheld priors."""
    for name, (axes, reduction) in REDUCTIONS.items():
        view = copy.copy(quak)
        view.params = dataclasses.replace(quak.params, axes=axes, reduction=reduction)
        yield name, view.for_target(withheld)


def with_columns(events: Events, like: Events) -> Events:
    """Return events with the observables that other events have; m_jj and what else is in aux stays."""
    features = np.stack([events.feature(quantity.name) for quantity in like.schema.features], axis=1)
    return Events.build(like.schema, events.objects, events.kinds, features, aux=events.aux)


def table(rows: list[tuple[str, str, str, dict[str, Scored], dict[str, Scored]]]) -> Iterator[str]:
    """Yield the lines of a Markdown table of AUC with 68 % intervals."""
    yield "| signal | priors | " + " | ".join(COLUMNS) + " |"
    yield "|---|---|" + "---|" * len(COLUMNS)
    for target, name, _, background, signal in rows:
        found = [AUC(background[key], signal[key]) for key in COLUMNS]
        cells = [f"{cell.value:.3f} [{cell.low:.3f}, {cell.high:.3f}]" for cell in found]
        yield f"| {target} | {name} | " + " | ".join(cells) + " |"
    for target, name, chosen, *_ in rows:
        yield f"- {target}, {name}: {chosen}"


def draw(rows: list[tuple[str, str, str, dict[str, Scored], dict[str, Scored]]], path: Path) -> None:
    """Draw the ROC curves of each signal: colour is the method, dashes are the wrong prior."""
    targets = list(dict.fromkeys(row[0] for row in rows))
    scored: Mapping[tuple[str, str], tuple[dict[str, Scored], dict[str, Scored]]] = {
        (target, name): (background, signal) for target, name, _, background, signal in rows
    }
    colours = dict(zip(("1D", "2D", "nd", "supervised"), COLOURS, strict=False))
    grid = np.logspace(-3, 0, 121)
    with styled():
        from matplotlib.figure import Figure

        figure = Figure((WIDTHS["double"] if len(targets) > 1 else WIDTHS["single"], 2.7), layout="constrained")
        panels = figure.subplots(1, len(targets), sharey=True, squeeze=False)[0]
        for panel, target in zip(panels, targets, strict=True):
            for method, choice in LINES:
                background, signal = (ordered(part[method], "sample") for part in scored[target, choice])
                label = method if method == "1D" else f"{method}, {choice} prior"
                dashes = "--" if choice == "wrong" else "-"
                panel.plot(
                    grid, signal_efficiency(background, signal, grid), dashes, color=colours[method], label=label
                )
            panel.plot(grid, grid, ":", color=GREY, linewidth=0.8)
            panel.set(xscale="log", xlim=(1e-3, 1), ylim=(0, 1), title=target, xlabel=r"$\epsilon_B$")
            panel.grid(visible=True)
        panels[0].set_ylabel(r"$\epsilon_S$")
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=4 if len(targets) > 1 else 2)
        save_figure(figure, path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    main(given.out, given.data, given.seed)
