"""How time grows, as slopes of log(time) in log(size): ``python benchmarks/scaling.py``.

Training and scoring in events, scoring in objects of an event, ranking in models, whole runs in processes. A slope of 1
is proportional, 0 is constant. Times are of the processor, the least of three, but for processes, where the clock
on the wall counts. Events are the bundled sample's channel 1, repeated, or with only their hardest objects.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from _detectors import Samples, brief
from ranking import identical_entries, rank_all, score_tables

from adbench.api import Detector, Events, RunContext
from adbench.registry import catalogue

DETECTORS = ("met", "isolation_forest", "pca", "k_nearest_neighbours", "autoencoder", "gcn_vae", "conv_vae", "set_vae",
             "surjective_classifier_ordered")  # fmt: skip
EVENTS, OBJECTS, MODELS, PROCESSES = (1_000, 4_000), (4, 8, 16), (130, 260, 520, 1_040), (1, 2)
RUNS = "gcn_vae,isolation_forest,pca,gaussian_mixture"


def main() -> None:
    samples = Samples.of(max(EVENTS), max(EVENTS))
    print(
        f"{'slope of processor time in':<34} {'events, training':>17} {'events, scoring':>16} {'objects, scoring':>17}"
    )
    for name in DETECTORS:
        print(f"{name:<34}{''.join(f'{one:>17.2f}' for one in of_detector(name, samples))}", flush=True)
    print(f"{'six rankings, in models':<34} {models():>17.2f}")
    walls = [wall(jobs) for jobs in PROCESSES]
    print(f"{RUNS}: wall time with {PROCESSES[-1]} processes over that with one: {walls[-1] / walls[0]:.2f}")


def of_detector(name: str, samples: Samples) -> Iterator[float]:
    """Yield the slopes of training and scoring in events, and of scoring in objects."""
    spec = catalogue().detectors.get(name)
    kind, params = spec.load(), brief(spec, batch_size=256)

    def fit(events: Events) -> Detector:
        detector: Detector = kind(params, RunContext())
        detector.fit(events, samples.validation, {})
        return detector

    yield slope(EVENTS, [seconds(fit, samples.train[:n]) for n in EVENTS])
    detector = fit(samples.train)
    yield slope(EVENTS, [seconds(detector.score, samples.test[:n]) for n in EVENTS])
    yield slope(OBJECTS, [seconds(detector.score, hardest(samples.test, n)) for n in OBJECTS])


def models() -> float:
    """Return the slope of ranking in models."""
    whole = score_tables()
    times = []
    for n in MODELS:
        tables = [table.rows(np.arange(n)) for table in whole]
        twins = identical_entries(tables, np.ones(n, bool))
        times.append(seconds(rank_all, tables, twins))
    return slope(MODELS, times)


def wall(jobs: int) -> float:
    """Return seconds of some runs from the command to the last result."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["run", "-d", RUNS, "--channel", "1", "--jobs", str(jobs), "--results", folder, "-q"]
        words += ["--max-events", "4000", "--set", "gcn_vae.epochs=10"]
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "adbench", *words], check=True, capture_output=True)
        return time.perf_counter() - start


def hardest(events: Events, n: int) -> Events:
    """Return events with the first n objects, which are the hardest of each kind, in as many slots."""
    return Events.build(
        events.schema, np.array(events.objects[:, :n]), np.array(events.kinds[:, :n]), np.array(events.features)
    )


def seconds(work: Callable[..., object], *arguments: object) -> float:
    """Return the least processor time of three calls."""
    times = []
    for _ in range(3):
        start = time.process_time()
        work(*arguments)
        times.append(time.process_time() - start)
    return min(times)


def slope(sizes: Sequence[int], times: Sequence[float]) -> float:
    """Return the slope of log(time) in log(size)."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


if __name__ == "__main__":
    main()
