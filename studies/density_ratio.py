"""Diffusion densities beside a classifier: ``python studies/density_ratio.py [RESULTS]``.

Run ``adbench study studies/density_ratio.yaml`` first. Prints Table 1 of arXiv:2306.03933 beside ours, and the AUC of
the ratio of two densities, log p_top - log p_QCD, beside that of a supervised classifier with the same network, which
is trained here on the same jets. Intervals are 68 %. Figures go into RESULTS/figures: ROC and significance improvement
(the paper's Fig. 5), the permutation test (Fig. 1), distributions of the scores (Figs. 2, 4, 6).
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from adbench_point_diffusion.networks import ObjectNetwork
from adbench_point_diffusion.params import DiffusionParams
from adbench_point_diffusion.storing import load_model
from numpy.typing import NDArray
from torch import Tensor, nn

from adbench import torchkit
from adbench.api import DatasetOptions, Events, RunContext
from adbench.api.metric import Scored
from adbench.metrics.auc import AUC
from adbench.metrics.roc import roc_curve
from adbench.plotting import COLOURS, WIDTHS, save_figure, styled
from adbench.registry import catalogue
from adbench.runs.store import ResultsFolder, StoredRun

DETECTORS = ("point_diffusion", "point_diffusion_ml")
PAPER = {  # arXiv:2306.03933, Table 1: AUC and max SIC, of the velocity's and of the likelihood's objective
    ("qcd", "top"): ((".875", "1.93"), (".855", "1.81")), ("qcd", "zprime"): ((".924", "3.76"), (".919", "3.42")),
    ("top", "qcd"): ((".937", "16.0"), (".930", "15.4")), ("top", "zprime"): ((".875", "11.0"), (".872", "12.5")),
}  # fmt: skip
LEAST = 10  # background jets that survive where significance improvement is measured
REPLICAS = 200
EPOCHS, PERMUTATIONS = 20, 10
FEW = 256  # test jets of each class whose ratio is also taken with the exact trace, which is slow

Runs = dict[tuple[str, str], StoredRun]
Floats = NDArray[np.float64]


def main(folder: Path) -> None:
    stored = [
        run for run in ResultsFolder(folder) if run.record.identity.dataset == "jets" and run.record.status == "ok"
    ]
    runs = {(run.record.identity.detector, run.record.identity.channel): run for run in stored}
    missing = [
        f"{name} on {channel}" for name in DETECTORS for channel in ("qcd", "top") if (name, channel) not in runs
    ]
    if missing:
        sys.exit(
            f"{folder} lacks {', '.join(missing)}; first: adbench study studies/density_ratio.yaml --results {folder}"
        )
    table_one(runs)
    curves = {}
    print("\n| top against QCD | AUC | paper |\n| --- | ---: | ---: |")
    for name, theirs in zip(DETECTORS, (".975", ".971"), strict=True):
        curves[f"ratio, {name}"] = ratio(runs, name)
        print(f"| ratio of densities, `{name}` | {area(*curves[f'ratio, {name}'])} | {theirs} |")
    for trace, words in (("hutchinson", "random signs"), ("exact", "exact trace")):
        found = area(*rescored(runs, "point_diffusion", trace))
        print(f"| the first {FEW} jets of each, {words} | {found} | |", flush=True)
    with styled():
        distributions(runs, folder / "figures")
        permutation_test(runs["point_diffusion", "qcd"], folder / "figures")
        curves["supervised twin"] = twin(runs["point_diffusion", "qcd"], folder / "density_ratio_twin.npz")
        print(f"| supervised twin | {area(*curves['supervised twin'])} | .980 |")
        roc_and_improvement(curves, folder / "figures")


def table_one(runs: Runs) -> None:
    """Print AUC and largest significance improvement of the paper's rows, and of the second dark shower."""
    print("| detector | background, signal | AUC | paper | max SIC | paper | event | objects | nll |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for place, name in enumerate(DETECTORS):
        for channel, signal in [*PAPER, ("qcd", "semivisible"), ("top", "semivisible")]:
            pair = scored(runs[name, channel], signal, "normalised")
            theirs = PAPER.get((channel, signal), (("", ""), ("", "")))[place]
            others = " | ".join(
                area(*scored(runs[name, channel], signal, score)) for score in ("event", "objects", "nll")
            )
            ours = f"{area(*pair)} | {theirs[0]} | {improvement(*pair)} | {theirs[1]}"
            print(f"| `{name}` | {channel}, {signal} | {ours} | {others} |")


def scored(run: StoredRun, signal: str, score: str) -> tuple[Scored, Scored]:
    with run.scores() as file:
        return file.sample("background", score), file.sample(f"signal/{signal}", score)


def area(background: Scored, signal: Scored) -> str:
    found = AUC(background, signal)
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"


def improvement(background: Scored, signal: Scored) -> str:
    """Return the largest eps_S / sqrt(eps_B) with 10 background jets or more, its interval from a bootstrap of jets."""
    rng, b, s = np.random.default_rng(0), background.scores, signal.scores
    replicas = [largest(rng.choice(b, len(b)), rng.choice(s, len(s))) for _ in range(REPLICAS)]
    low, high = np.quantile(replicas, [0.16, 0.84])
    return f"{largest(b, s):.2f} [{low:.2f}, {high:.2f}]"


def largest(background: Floats, signal: Floats) -> float:
    thresholds = np.sort(background)[::-1][LEAST - 1 :]
    survive = np.searchsorted(np.sort(signal), thresholds, side="left")
    share = np.arange(LEAST, len(background) + 1) / len(background)
    return float(((1 - survive / len(signal)) / np.sqrt(share)).max())


def ratio(runs: Runs, name: str) -> tuple[Scored, Scored]:
    """Return log p_top - log p_QCD of the test jets of QCD, as background, and of top."""
    both = []
    for channel, other in (("qcd", "top"), ("top", "qcd")):
        with runs[name, channel].scores() as own, runs[name, other].scores() as theirs:
            here, there = own.rows("background"), theirs.rows(f"signal/{channel}")
            common, mine, yours = np.intersect1d(here, there, return_indices=True)
            if len(common) < len(here):
                sys.exit(f"runs of {name} scored other jets of {channel}; run both channels with the same --max-events")
            as_own = own.sample("background", "nll").scores[mine]
            as_other = theirs.sample(f"signal/{channel}", "nll").scores[yours]
        both.append(as_own - as_other if channel == "qcd" else as_other - as_own)
    return Scored.of(both[0]), Scored.of(both[1])


def rescored(runs: Runs, name: str, trace: str) -> tuple[Scored, Scored]:
    """Return the same ratio of the first test jets of each class, scored again by the stored models."""
    both = []
    for channel in ("qcd", "top"):
        jets = opened(runs[name, channel]).background(channel)[:FEW].stripped()
        top, qcd = (detector_of(runs[name, model], trace=trace).score(jets)["nll"] for model in ("top", "qcd"))
        both.append(Scored.of(qcd - top))
    return both[0], both[1]


def detector_of(run: StoredRun, **changes: Any) -> Any:
    """Return the fitted detector of a run, with another way of scoring."""
    identity = run.record.identity
    spec = catalogue().detectors.get(identity.detector)
    params = spec.params_type()(**identity.params | changes)
    return spec.load().load(run.folder / "model", params, RunContext(seed=identity.seed))


class Twin(nn.Module):
    """The network of the objects' velocity with a mean over objects and a decision at its end."""

    def __init__(self, run: StoredRun) -> None:
        super().__init__()
        self.model = load_model(run.folder / "model", DiffusionParams(**run.record.identity.params))
        params, view = self.model.params, self.model.view
        self.network = ObjectNetwork(
            len(view.each), len(view.schema.kinds), len(view.event), params.width, params.heads, params.blocks
        )
        self.network.last = nn.Linear(params.width, 128)
        self.decision = nn.Sequential(nn.LeakyReLU(0.01), nn.Linear(128, 1))

    def forward(self, numbers: Tensor, objects: Tensor, there: Tensor, kinds: Tensor) -> Tensor:
        """Return the log-odds of top, (B,); scaling is that of the QCD densities."""
        x, angle = self.model.object_scale(objects) * there, numbers.new_zeros(len(numbers))
        h = self.network(x, angle, self.model.number_scale(numbers), kinds)
        present = (kinds > 0)[..., None]
        return self.decision((h * present).sum(1) / present.sum(1).clamp(min=1))[:, 0]

    def loss(self, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
        """Return the cross-entropy of each jet, (B,)."""
        *tables, label = batch
        return nn.functional.binary_cross_entropy_with_logits(self(*tables), label, reduction="none")


def twin(run: StoredRun, path: Path) -> tuple[Scored, Scored]:
    """Return the supervised scores of QCD and top test jets, from a file where they are known already."""
    if not path.exists():
        torch.set_num_threads(1)
        start, jets = time.perf_counter(), opened(run)
        torch.manual_seed(0)
        network = Twin(run)
        samples = []
        for part in (jets.train, jets.validation):
            both = [part(channel) for channel in ("qcd", "top")]
            tables = network.model.view.tables(Events.concatenate([events.stripped() for events in both]))
            label = torch.cat([torch.full((len(events),), float(i)) for i, events in enumerate(both)])
            weights = torch.cat([torch.full((len(events),), 1 / len(events)) for events in both])
            samples.append(torchkit.Sample((*map(torch.from_numpy, tables), label), weights))
        settings = torchkit.FitSettings(EPOCHS, 128, 1e-3, decay=True, average=0.999)
        history = torchkit.fit(network, network.loss, *samples, settings, RunContext())
        found = {}
        with torch.no_grad():
            for channel in ("qcd", "top"):
                tables = map(torch.from_numpy, network.model.view.tables(jets.background(channel)))
                found[channel] = torch.cat(
                    [network(*part) for part in zip(*(t.split(512) for t in tables), strict=True)]
                ).numpy()
        np.savez(path, **found)
        print(f"twin trained in {time.perf_counter() - start:.0f} s, best epoch {history.best_epoch}", file=sys.stderr)
    with np.load(path) as stored:
        return Scored.of(stored["qcd"]), Scored.of(stored["top"])


def opened(run: StoredRun) -> Any:
    return catalogue().datasets.get("jets").load()(DatasetOptions(edition=run.record.identity.edition))


def distributions(runs: Runs, into: Path) -> None:
    """Draw the scores of all classes in both channels."""
    import matplotlib.pyplot as plt

    names = {"normalised": r"$-\log p(jet) - \log p(constituents)/N$", "event": r"$-\log p(jet)$",
             "objects": r"$-\log p(constituents)/N$"}  # fmt: skip
    figure, panels = plt.subplots(2, 3, figsize=(WIDTHS["double"], 4.2), layout="constrained")
    for row, channel in zip(panels, ("qcd", "top"), strict=True):
        with runs["point_diffusion", channel].scores() as file:
            samples = {channel: "background"} | {name: f"signal/{name}" for name in file.signals}
            for axes, (score, label) in zip(row, names.items(), strict=True):
                values = {name: file.sample(sample, score).scores for name, sample in samples.items()}
                edges = np.linspace(*np.quantile(np.concatenate(list(values.values())), [0.001, 0.995]), 50)
                for place, name in enumerate(sorted(values)):
                    axes.hist(values[name], edges, density=True, histtype="step", color=COLOURS[place], label=name)
                axes.set(
                    xlabel=label,
                    yscale="log",
                    ylabel="density" if axes is row[0] else "",
                    title=f"trained on {channel}",
                )
    panels[0, 0].legend()
    save_figure(figure, into / "density_ratio_scores.png")


def permutation_test(run: StoredRun, into: Path) -> None:
    """Draw the scores of jets whose constituents stand in random order over those of the jets as they are."""
    import matplotlib.pyplot as plt

    detector, identity = detector_of(run), run.record.identity
    jets, rng = opened(run).background(identity.channel)[:256].stripped(), np.random.default_rng(0)
    usual, apart = detector.score(jets)["normalised"], 0.0
    figure, axes = plt.subplots(figsize=(WIDTHS["single"], 2.8), layout="constrained")
    edges = np.linspace(usual.min(), usual.max(), 30)
    axes.hist(usual, edges, histtype="stepfilled", color="0.85", label="as stored")
    for place in range(PERMUTATIONS):
        order = rng.random(jets.kinds.shape).argsort(axis=1)
        moved = Events.build(jets.schema, np.take_along_axis(jets.objects, order[..., None], 1),
                             np.take_along_axis(jets.kinds, order, 1), jets.features)  # fmt: skip
        scores = detector.score(moved)["normalised"]
        apart = max(apart, float(np.abs(scores - usual).max()))
        label = f"{PERMUTATIONS} permutations" if not place else None
        axes.hist(scores, edges, histtype="step", color=COLOURS[3], linewidth=0.8, label=label)
    axes.set(xlabel="score of QCD jets", ylabel="jets", title=f"largest difference {apart:.1g}")
    axes.legend()
    print(f"largest difference of a score in {PERMUTATIONS} permutations: {apart:.1g}", file=sys.stderr)
    save_figure(figure, into / "density_ratio_permutations.png")


def roc_and_improvement(curves: dict[str, tuple[Scored, Scored]], into: Path) -> None:
    """Draw background efficiency and significance improvement against signal efficiency."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(WIDTHS["double"], 2.8), layout="constrained")
    for place, (name, (background, signal)) in enumerate(curves.items()):
        curve = roc_curve(background, signal)
        measured = curve.background * len(background) >= LEAST
        style: Any = {"color": COLOURS[place], "label": name.replace("_", " ")}
        left.plot(curve.signal[measured], 1 / curve.background[measured], **style)
        right.plot(curve.signal[measured], curve.signal[measured] / np.sqrt(curve.background[measured]), **style)
    left.set(yscale="log", xlabel="efficiency for top", ylabel="rejection of QCD, 1 / efficiency")
    right.set(xlabel="efficiency for top", ylabel="significance improvement")
    right.legend()
    save_figure(figure, into / "density_ratio_curves.png")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "results"))
