"""Figures and tables of the density studies of gluinos: ``python studies/gluino_plots.py WHAT [RESULTS]``.

WHAT is ``training-size``, ``labels`` or ``mixture`` (log-likelihoods, after the study of that name), or ``samples``:
events drawn from every stored flow beside test events, as in Figs. 3, 4 and 11 to 13 of arXiv:2205.01697. Tables go
to the terminal as Markdown, figures into the results folder.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from adbench_four_gluino.card import labels_of
from adbench_four_gluino.process import FOUR
from numpy.typing import NDArray

from adbench.api import DatasetOptions, Events, RunContext
from adbench.metrics.log_likelihood import LOG_LIKELIHOOD
from adbench.plotting import COLOURS, GREY, MARKERS, WIDTHS, save_figure, styled
from adbench.registry import catalogue
from adbench.runs.store import ResultsFolder, StoredRun

DATASET, TRUTH = "four_gluino", "gluino_truth"
SAMPLE = 20_000


def main(what: str, folder: Path) -> None:
    drawers = {"training-size": training_size, "labels": labels, "mixture": mixture, "samples": samples}
    if what not in drawers:
        sys.exit(f"no figure '{what}'; there are {', '.join(drawers)}")
    runs = [run for run in ResultsFolder(folder) if run.record.identity.dataset == DATASET and density(run) is not None]
    if not runs:
        sys.exit(f"{folder} has no runs of densities on {DATASET}; run one of the studies gluino_*.yaml first")
    with styled():
        drawers[what](runs, folder / "figures")


def training_size(runs: list[StoredRun], into: Path) -> None:
    """Log-likelihood against the number of training events."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(WIDTHS["double"], 3.2), layout="constrained")
    curves: dict[str, dict[int, tuple[float, float]]] = {}
    for run in of_channel(runs, "momenta"):
        value, low, high = likelihood(run)
        size = len(dataset(run).train(run.record.identity.channel))
        curves.setdefault(run.record.entry, {})[size] = (value, (high - low) / 2)
    sizes = sorted({size for curve in curves.values() for size in curve})
    print("| flow | " + " | ".join(f"{size:,}" for size in sizes) + " |\n| --- |" + " ---: |" * len(sizes))
    for place, (name, curve) in enumerate(sorted(curves.items(), key=lambda item: item[0] == TRUTH)):
        points = sorted(curve.items())
        cells = [f"{curve[size][0]:.3f} ± {curve[size][1]:.3f}" if size in curve else "" for size in sizes]
        print(f"| `{name}` | " + " | ".join(cells) + " |")
        style = {"color": GREY, "linestyle": "--"} if name == TRUTH else {
            "color": COLOURS[place % 8], "marker": MARKERS[place % 8], "markersize": 4,
        }  # fmt: skip
        axes.errorbar([n for n, _ in points], [v for _, (v, _) in points], [e for _, (_, e) in points],
                      label=name, **style)  # fmt: skip
    axes.set(xscale="log", xlabel="training events", ylabel=LOG_LIKELIHOOD.label)
    figure.legend(loc="outside right center")
    save_figure(figure, into / "gluino_training_size.png")


def labels(runs: list[StoredRun], into: Path) -> None:
    """Log-likelihood of each treatment of labels."""
    points(of_channel(runs, "labels"), into / "gluino_labels.png", lambda run: [likelihood(run)], [""])


def mixture(runs: list[StoredRun], into: Path) -> None:
    """Log-likelihood of pairs and of fours, the logarithm of their shares included."""
    test = dataset(runs[0]).background("mixed")
    four = (test.kinds > 0).sum(axis=1) == 4

    def both(run: StoredRun) -> list[tuple[float, float, float]]:
        log_p = density(run)
        assert log_p is not None  # main() keeps no other runs
        means = [log_p[chosen].mean() for chosen in (~four, four)]
        errors = [log_p[chosen].std() / np.sqrt(chosen.sum()) for chosen in (~four, four)]
        return [(mean, mean - error, mean + error) for mean, error in zip(means, errors, strict=True)]

    points(of_channel(runs, "mixed"), into / "gluino_mixture.png", both, ["two gluinos", "four gluinos"])


def points(runs: list[StoredRun], path: Path, measure: Any, titles: list[str]) -> None:
    """One point with its error for each run, in one panel for each title."""
    import matplotlib.pyplot as plt

    rows = sorted(((run.record.entry, measure(run)) for run in runs), key=lambda row: row[1][-1][0])
    size = (WIDTHS["double"], 0.8 + 0.2 * len(rows))
    figure, panels = plt.subplots(1, len(titles), figsize=size, layout="constrained", sharey=True, squeeze=False)
    print("| flow | " + " | ".join(title or LOG_LIKELIHOOD.label for title in titles) + " |")
    print("| --- |" + " ---: |" * len(titles))
    for name, values in reversed(rows):
        print(f"| `{name}` | " + " | ".join(f"{v:.3f} ± {(high - low) / 2:.3f}" for v, low, high in values) + " |")
    for panel, (axes, title) in enumerate(zip(panels[0], titles, strict=True)):
        found = np.array([values[panel] for _, values in rows])
        axes.errorbar(found[:, 0], range(len(rows)), xerr=(found[:, 2] - found[:, 1]) / 2, fmt="o", color=COLOURS[0],
                      markersize=4)  # fmt: skip
        axes.set_yticks(range(len(rows)), [name for name, _ in rows])
        axes.set_ylim(-0.6, len(rows) - 0.4)
        axes.grid(axis="x")
        axes.set(xlabel=LOG_LIKELIHOOD.label, title=title)
    save_figure(figure, path)


def samples(runs: list[StoredRun], into: Path) -> None:
    """Events drawn from each flow beside test events: angles, masses of pairs, helicities, colour orders."""
    print("| flow | channel | impossible directions | helicities, chi2 / 63 | colour orders, chi2 / 119 |")
    print("| --- | --- | ---: | ---: | ---: |")
    for run in [*of_channel(runs, "momenta"), *of_channel(runs, "labels")]:
        identity = run.record.identity
        spec = catalogue().detectors.get(identity.detector)
        params = spec.params_type()(**identity.params)
        detector = spec.load().load(run.folder / "model", params, RunContext(seed=identity.seed))
        drawn = detector.sample(SAMPLE, np.random.default_rng(1))
        compare(run, shuffled(drawn), dataset(run).background(identity.channel), into)


def compare(run: StoredRun, drawn: Events, truth: Events, into: Path) -> None:
    import matplotlib.pyplot as plt

    labelled = bool(truth.schema.categories)
    figure, panels = plt.subplots(1, 4 if labelled else 2, figsize=(WIDTHS["double"], 2.2), layout="constrained")
    possible = 1.0
    for events, color, label in ((truth, "black", "test events"), (drawn, COLOURS[0], "drawn")):
        style: Any = {"color": color, "label": label, "density": True, "histtype": "step"}
        cosine, azimuth = (events.object(name).astype(np.float64) for name in ("cos_theta", "phi"))
        momenta, allowed = FOUR.momenta(cosine, azimuth)
        possible = float(allowed.mean())
        panels[0].hist(cosine.ravel(), np.linspace(-1, 1, 41), **style)
        panels[1].hist(pair_masses(momenta[allowed]), np.linspace(1200, 2800, 41), **style)
    panels[0].set(xlabel=r"$\cos\theta$ of gluinos", ylabel="density")
    panels[0].legend(loc="lower center")
    panels[1].set(xlabel="mass of two gluinos [GeV]")
    cells = ["", ""]
    if labelled:
        kinds = "helicities", "colour orders"
        for place, (axes, name) in enumerate(zip(panels[2:], kinds, strict=True)):
            found = [frequencies(events, place) for events in (truth, drawn)]
            size = len(found[0])
            expected = (found[0] + found[1]) / 2
            seen = expected > 0
            chi2 = float(((found[0] - found[1])[seen] ** 2 / (2 * expected[seen])).sum())
            cells[place] = f"{chi2 / (size - 1):.2f}"
            axes.plot(found[0] / len(truth), found[1] / len(drawn), ".", color=COLOURS[0], markersize=3)
            top = float(max(found[0].max() / len(truth), found[1].max() / len(drawn)))
            axes.plot([0, top], [0, top], color=GREY)
            axes.set(xlabel=f"{name}, test", ylabel="share of events drawn")
    print(
        f"| `{run.record.entry}` | {run.record.identity.channel} | {100 * (1 - possible):.2f} % | {' | '.join(cells)} |"
    )
    save_figure(figure, into / f"gluino_samples_{run.record.identity.channel}_{run.record.key}.png")
    plt.close(figure)


def shuffled(events: Events) -> Events:
    """Return four-gluino events with the gluinos in random order, as test events are; sorted flows draw sorted ones."""
    order = np.random.default_rng(2).random(events.kinds.shape).argsort(axis=1)
    objects = np.take_along_axis(events.objects, order[..., None], 1)
    kinds = np.take_along_axis(events.kinds, order, 1)
    return Events.build(events.schema, objects, kinds, None, events.categories)


def pair_masses(momenta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the masses of all six pairs of gluinos, GeV."""
    first, second = np.triu_indices(4, 1)
    total = momenta[:, first] + momenta[:, second]
    mass: NDArray[np.float64] = np.sqrt(total[..., 0] ** 2 - (total[..., 1:] ** 2).sum(axis=-1)).ravel()
    return mass


def frequencies(events: Events, which: int) -> NDArray[np.float64]:
    """Return how often each of 64 helicities (0) or of 120 colour orders (1) occurs; wrong orders are one more."""
    gluons, gluinos, places = labels_of(events)
    if which == 0:
        code = np.hstack([gluons, gluinos]) > 0
        return np.bincount(code @ 2 ** np.arange(6), minlength=64).astype(np.float64)
    from adbench_four_gluino.amplitude import colour_places

    known = {int(code): place for place, code in enumerate(colour_places(4) @ 6 ** np.arange(4))}
    orders = [known.get(int(code), 120) for code in places @ 6 ** np.arange(4)]
    return np.bincount(orders, minlength=121).astype(np.float64)


def of_channel(runs: list[StoredRun], base: str) -> list[StoredRun]:
    return [run for run in runs if run.record.identity.channel.split("_")[0] == base]


def dataset(run: StoredRun) -> Any:
    return catalogue().datasets.get(DATASET).load()(DatasetOptions(edition=run.record.identity.edition))


def density(run: StoredRun) -> NDArray[np.float64] | None:
    """Return log p of the test events; None for a run without."""
    if run.record.status != "ok":
        return None
    with run.scores() as file:
        return file.sample("background", run.record.scores[0]).log_prob


def likelihood(run: StoredRun) -> tuple[float, float, float]:
    with run.scores() as file:
        estimate = LOG_LIKELIHOOD(file.sample("background", run.record.scores[0]), None)
    return estimate.value, estimate.low, estimate.high


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], Path(sys.argv[2] if len(sys.argv) > 2 else "results"))
