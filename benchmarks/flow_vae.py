"""Training and scoring speed of the autoencoders with one thread: ``python benchmarks/flow_vae.py``.

Events are synthetic, with the multiplicities of the Dark Machines channels. Rates are per second of processor time,
so that other work on the machine does not enter; training is forward, backward and Adam, at the default batch size.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import torch
from adbench_flow_vae.graph import Complete, GraphConvolution
from adbench_flow_vae.params import FlowVaeParams
from adbench_flow_vae.plugin import adbench_detectors
from adbench_flow_vae.representation import rows
from adbench_flow_vae.scores import score_events
from adbench_flow_vae.training import train_vae

from adbench.api import Events, EventSchema, Kind, Quantity, RunContext
from adbench.api.params import resolve

TRAINING, SCORING, SLOTS, REPEATS = 5_000, 40_000, 39, 3
MEAN_NUMBER = {"j": 5.0, "b": 0.8, "e-": 0.2, "e+": 0.2, "m-": 0.2, "m+": 0.2, "g": 0.1}


def main() -> None:
    train, validation, test = synthetic(TRAINING, 1), synthetic(TRAINING // 10, 2), synthetic(SCORING, 3)
    print(f"{test.present.sum(1).mean():.1f} objects per event, {TRAINING} training events, one thread")
    print(f"importing the plugin's hook module    {1e3 * import_time('adbench_flow_vae.plugin'):8.0f} ms")
    print(f"representation, 39 rows               {SCORING / seconds(lambda: rows(test)):8,.0f} events/s")
    for spec in adbench_detectors():
        for preset, epochs in (("default", 10), ("paper", 2)):
            params = resolve(FlowVaeParams, {**spec.params, **spec.presets[preset], "epochs": epochs, "patience": 0})
            fit = seconds(lambda params=params: train_vae(params, train, validation[:0], RunContext()), repeats=1)
            title = f"{spec.name}, batch {params.batch_size}"
            print(f"{title:<37} {epochs * TRAINING / fit:8,.0f} events/s training")
        network, _ = train_vae(params, train, validation, RunContext())
        score = seconds(lambda network=network: score_events(network, test, RunContext()))
        print(f"{spec.name + ', from objects':<37} {SCORING / score:8,.0f} events/s scoring")
    closed, edges = layer_times(FlowVaeParams().batch_size)
    print(f"first graph layer, forward and backward {edges / closed:6.0f} times as fast as torch-geometric's GCNConv")


def synthetic(n: int, seed: int) -> Events:
    """Return events with Poisson numbers of objects and exponential spectra, hardest first."""
    rng = np.random.default_rng(seed)
    schema = EventSchema(
        (Quantity("E", "GeV"), Quantity("pt", "GeV"), Quantity("eta"), Quantity("phi", "rad", periodic=True)),
        tuple(Kind(name, jet=name in "jb") for name in MEAN_NUMBER),
    )
    numbers = rng.poisson(list(MEAN_NUMBER.values()), (n, len(MEAN_NUMBER)))
    slots = int(numbers.sum(1).max())
    kinds = 1 + (np.arange(slots)[None, :, None] >= numbers.cumsum(1)[:, None, :]).sum(2)
    kinds[kinds > len(MEAN_NUMBER)] = 0
    pt = np.where(kinds > 0, 20 + rng.exponential(100, (n, slots)), 0)
    order = np.argsort(-pt, axis=1, kind="stable")
    kinds, pt = np.take_along_axis(kinds, order, 1), np.take_along_axis(pt, order, 1)
    eta = rng.uniform(-2.5, 2.5, (n, slots)) * (kinds > 0)
    phi = rng.uniform(-np.pi, np.pi, (n, slots)) * (kinds > 0)
    return Events.build(schema, np.stack([pt * np.cosh(eta), pt, eta, phi], axis=2), kinds)


def layer_times(batch: int) -> tuple[float, float]:
    """Return seconds of one forward and backward pass of the first layer: closed form, and GCNConv on an edge list."""
    from torch_geometric.nn import GCNConv

    h = torch.randn(batch, SLOTS, 5)
    event, one, other = (~torch.eye(SLOTS, dtype=torch.bool)).expand(batch, -1, -1).nonzero(as_tuple=True)
    edges = torch.stack([event * SLOTS + one, event * SLOTS + other])
    ours, theirs = GraphConvolution(5, 32), GCNConv(5, 32)
    closed = seconds(lambda: [ours(h, Complete()).relu().sum().backward() for _ in range(50)]) / 50
    return closed, seconds(lambda: theirs(h.view(-1, 5), edges).relu().sum().backward())


def import_time(module: str) -> float:
    """Return the median wall-clock seconds that importing a module takes in a fresh interpreter."""
    code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(5)]
    return statistics.median(float(run.stdout) for run in runs)


def seconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the median processor time of some work, after one call to warm up."""
    work()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


if __name__ == "__main__":
    main()
