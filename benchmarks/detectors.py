"""Every detector on one core, beside other libraries: ``python benchmarks/detectors.py [NAME ...]``.

Preset default, channel 1 of the bundled Dark Machines sample. Rates are events per second of processor time, so that
other work on the machine does not enter: of an epoch behind the first where there are epochs, else of the whole fit;
scoring starts from objects. Each detector has a process of its own, whose memory is that above a fit on 300 events.
Ratios are to the library named, in the same process on the same events, the making of its table included; above 1
ours is faster. PyOD scores its training events within its fit, which is part of its time. It is in the extra ``bench``.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from _detectors import EPOCHS, Samples, brief, fitted

from adbench.api import DetectorSpec, Events
from adbench.registry import catalogue

TRAINING, SCORING = 5_000, 2_000

Make = Callable[[Any], Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--json", type=Path, help="write the figures to a file, too, which benchmarks/scale.py reads")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(measured(catalogue().detectors.get(chosen.one))))
        return
    print(f"{TRAINING} events to learn from, {SCORING} to score; events per second of one core's time")
    print(f"{'detector':<36} {'training':>10} {'scoring':>10} {'MB':>6}   beside{'':<14} training, scoring")
    table = {}
    for spec in catalogue().detectors:
        if chosen.names and spec.name not in chosen.names:
            continue
        done = subprocess.run(
            [sys.executable, __file__, "--one", spec.name], capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(f"{spec.name:<36} {(done.stderr.strip().splitlines() or ['no output'])[-1][:120]}", flush=True)
            continue
        figures = table[spec.name] = json.loads(done.stdout.splitlines()[-1])
        rates = f"{figures['training']:>10,.0f} {figures['scoring']:>10,.0f} {figures['memory']:>6,.0f}"
        beside = "".join(f"   {name:<20} {a:.2f}, {b:.2f}" for name, (a, b) in figures["beside"].items())
        print(f"{spec.name:<36} {rates}{beside}", flush=True)
    if chosen.json:
        chosen.json.write_text(json.dumps({"events": TRAINING, "detectors": table}, indent=1) + "\n", encoding="utf-8")


def measured(spec: DetectorSpec) -> dict[str, Any]:
    """Return rates, memory in MB, and ratios to other libraries."""
    spec.load()
    for module in spec.preload:
        importlib.import_module(module)
    samples = Samples.of(TRAINING, SCORING)
    few = replace(samples, train=samples.train[:300])
    fitted(spec, few, time.process_time)[0].score(
        samples.test[:100]
    )  # imports what it needs, compiles what it compiles
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    detector, epoch = fitted(spec, samples, time.process_time)
    start = time.process_time()
    detector.score(samples.test)
    scoring = time.process_time() - start
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    beside = {}
    for name, make in COMPETITORS.get(spec.name, {}).items():
        try:
            theirs = make(brief(spec))
        except ImportError:
            beside[f"{name} not installed"] = (np.nan, np.nan)
            continue
        fit, score, epochs = of_table(theirs, samples.train, samples.test)
        beside[name] = (fit / epochs / epoch, score / scoring)
    rates = {"training": TRAINING / epoch, "scoring": SCORING / scoring}
    epochs = getattr(spec.resolve(), "epochs", 1)
    return {**rates, "epochs": epochs, "memory": memory, "beside": beside}


def of_table(estimator: Any, train: Events, test: Events) -> tuple[float, float, int]:
    """Return processor seconds of fitting and scoring an estimator on a standardised table, and its epochs."""
    start = time.process_time()
    table = train.tabular()
    mean, spread = table.mean(axis=0), table.std(axis=0) + 1e-9
    estimator.fit((table - mean) / spread)
    middle = time.process_time()
    score = estimator.decision_function if hasattr(estimator, "decision_function") else estimator.score_samples
    score((test.tabular(train.tabular.leading) - mean) / spread)
    return middle - start, time.process_time() - middle, getattr(estimator, "epoch_num", 1)


def _sklearn(name: str, **settings: Callable[[Any], Any]) -> Make:
    return lambda params: _made(f"sklearn.{name}", settings, params)


def _pyod(name: str, **settings: Callable[[Any], Any]) -> Make:
    return lambda params: _made(f"pyod.models.{name}", settings, params)


def _made(path: str, settings: dict[str, Callable[[Any], Any]], params: Any) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)(**{key: value(params) for key, value in settings.items()})


_FOREST = {"n_estimators": lambda p: p.n_estimators, "max_samples": lambda p: p.max_samples}
_MIXTURE = {"n_components": lambda p: p.components, "reg_covar": lambda p: p.regularisation}

COMPETITORS: dict[str, dict[str, Make]] = {
    "isolation_forest": {
        "scikit-learn": _sklearn("ensemble.IsolationForest", **_FOREST),
        "PyOD": _pyod("iforest.IForest", **_FOREST),
    },
    "k_nearest_neighbours": {"PyOD": _pyod("knn.KNN", n_neighbors=lambda p: p.neighbours)},
    "pca": {"PyOD": _pyod("pca.PCA", n_components=lambda p: p.variance)},
    "one_class_svm": {
        "scikit-learn": _sklearn("svm.OneClassSVM", nu=lambda p: p.nu),
        "PyOD": _pyod("ocsvm.OCSVM", nu=lambda p: p.nu),
    },
    "gaussian_mixture": {
        "scikit-learn": _sklearn("mixture.GaussianMixture", **_MIXTURE),
        "PyOD": _pyod("gmm.GMM", **_MIXTURE),
    },
    "kde": {"PyOD": _pyod("kde.KDE")},
    "autoencoder": {
        "PyOD": _pyod(
            "auto_encoder.AutoEncoder",
            hidden_neuron_list=lambda p: [*p.widths, p.latent],
            batch_size=lambda p: p.batch_size,
            epoch_num=lambda _: EPOCHS,
            verbose=lambda _: 0,
        )
    },
}


if __name__ == "__main__":
    main()
