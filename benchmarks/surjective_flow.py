"""Speed of the spline flow of the surjective detectors, one thread: ``python benchmarks/surjective_flow.py``.

42 numbers (10 objects and MET), 32 bins, 8 layers, 4 units for each number, batch 4096: the public code's size for
Dark Machines, beside the masked autoregressive splines of the same size of nflows and, where it is installed (extra
``bench``), zuko in the same run. Training is forward, backward and Adam. Rates are per second of processor time;
rounds alternate, so that a busy machine slows all alike. The rows below are the detectors' presets ``default`` on
events of channel 1 of the bundled sample.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from adbench_surjective_flow.detector import SurjectiveFlowDetector
from adbench_surjective_flow.flow import SplineFlow
from adbench_surjective_flow.plugin import adbench_detectors
from nflows.distributions import StandardNormal
from nflows.flows import Flow
from nflows.transforms import (
    CompositeTransform,
    MaskedPiecewiseRationalQuadraticAutoregressiveTransform,
    RandomPermutation,
)
from torch import Tensor, nn

from adbench.api import DatasetOptions, RunContext
from adbench.registry import catalogue

DIMS, BINS, LAYERS, UNITS, BATCH, ROUNDS = 42, 32, 8, 4, 4096, 3
FASTEST_ELSEWHERE = 893
"""Events per second of processor time without compilation, the fastest of nflows, zuko and the public code, once."""


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    x, label = torch.randn(BATCH, DIMS), torch.randn(BATCH, 64)
    ours = SplineFlow(np.zeros(DIMS, bool), layers=LAYERS, bins=BINS, bound=5.0, units=UNITS, blocks=2, embedding=64)
    angles = np.zeros(DIMS, bool)
    angles[5::4] = True
    periodic = SplineFlow(angles, layers=LAYERS, bins=BINS, bound=3.0, units=UNITS, blocks=2, embedding=64)
    there = torch.rand(BATCH, DIMS) < 0.8
    everything = torch.ones_like(there)
    theirs = nflows_like()
    rows = {
        "ours": (ours, lambda: ours.log_prob(x, everything, label)),
        "ours, 20 % of numbers missing": (ours, lambda: ours.log_prob(x, there, label)),
        "ours, a quarter are angles": (periodic, lambda: periodic.log_prob(x.clamp(-3, 3), everything, label)),
        "nflows": (theirs, lambda: theirs.log_prob(x, context=label)),
    }
    with suppress(ImportError):
        zuko = zuko_like()
        rows["zuko"] = zuko, lambda: zuko(label).log_prob(x)
    rates = measure(rows)
    print(f"{DIMS} numbers, {BINS} bins, {LAYERS} layers, batch {BATCH}; events/s per core")
    print(
        f"{'':<34} {'training':>9} {'scoring':>9}   over nflows      over the fastest elsewhere, {FASTEST_ELSEWHERE}/s"
    )
    for name, (train, score) in rates.items():
        ratio = f"{train / rates['nflows'][0]:5.2f} and {score / rates['nflows'][1]:.2f}"
        print(f"{name:<34} {train:9,.0f} {score:9,.0f}   {ratio}   {train / FASTEST_ELSEWHERE:10.2f}")
    detectors()


def nflows_like() -> Flow:
    """Return nflows' flow of the same size."""
    steps: list[nn.Module] = []
    for _ in range(LAYERS):
        steps += [
            RandomPermutation(DIMS),
            MaskedPiecewiseRationalQuadraticAutoregressiveTransform(
                DIMS, UNITS * DIMS, 64, BINS, "linear", 5.0, num_blocks=2, use_residual_blocks=True
            ),
        ]
    return Flow(CompositeTransform(steps), StandardNormal([DIMS]))


def zuko_like() -> Any:
    """Return zuko's flow of the same size; its networks are residual where they can be."""
    from zuko.flows import NSF

    width = UNITS * DIMS
    return NSF(DIMS, 64, bins=BINS, transforms=LAYERS, randperm=True, hidden_features=[width] * 5, residual=True)


def measure(rows: dict[str, tuple[nn.Module, Callable[[], Tensor]]]) -> dict[str, tuple[float, float]]:
    """Return the median rates of training and scoring of each row."""
    spent: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in rows}
    adams = {name: torch.optim.Adam(network.parameters(), 1e-4, fused=True) for name, (network, _) in rows.items()}
    for repeat in range(ROUNDS + 1):
        for name, (_, log_prob) in rows.items():
            start = time.process_time()
            adams[name].zero_grad()
            (-log_prob().mean()).backward()
            adams[name].step()
            middle = time.process_time()
            with torch.no_grad():
                log_prob()
            if repeat:  # the first round warms up
                spent[name][0].append(BATCH / (middle - start))
                spent[name][1].append(BATCH / (time.process_time() - middle))
    return {name: (statistics.median(train), statistics.median(score)) for name, (train, score) in spent.items()}


def detectors() -> None:
    """Print the rates of the detectors themselves."""
    data = catalogue().datasets.get("darkmachines").load()(DatasetOptions())
    train, test = data.train("1")[:4000].stripped(), data.background("1")[:4000].stripped()
    print(f"\n{'preset default, channel 1':<34} {'training':>9} {'scoring':>9}")
    for spec in adbench_detectors():
        spent = []
        for epochs in (1, 1, 3):  # the first call warms up
            detector = SurjectiveFlowDetector(replace(spec.resolve(), epochs=epochs), RunContext())
            start = time.process_time()
            detector.fit(train, train[:0], {})
            spent.append(time.process_time() - start)
        start = time.process_time()
        detector.score(test)
        score = len(test) / (time.process_time() - start)
        print(f"{spec.name:<34} {2 * len(train) / (spent[2] - spent[1]):9,.0f} {score:9,.0f}")


if __name__ == "__main__":
    main()
