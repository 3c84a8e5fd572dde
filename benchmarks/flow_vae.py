"""Training and scoring speed of the autoencoders with one thread: ``python benchmarks/flow_vae.py [NAME ...]``.

Events are synthetic, with the multiplicities of the Dark Machines channels. Rates are per second of processor time,
so that other work on the machine does not enter; training is whole epochs of the detector's own fit (forward, backward,
Adam), without the first, and scoring starts from objects. The last column divides by the rate of the public code,
DarkFlow, at its own batch size (32; 1 for graphs), which was measured once on a machine of the same kind.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from adbench_flow_vae.graph import Complete, GraphConvolution
from adbench_flow_vae.params import FlowVaeParams
from adbench_flow_vae.plugin import adbench_detectors
from adbench_flow_vae.representation import rows
from adbench_flow_vae.scores import score_events
from adbench_flow_vae.training import train_vae
from adbench_flow_vae.vae import Vae

from adbench.api import DetectorSpec, Events, EventSchema, Kind, Quantity, RunContext
from adbench.api.params import resolve

TRAINING, SCORING, SLOTS, REPEATS = 4_000, 16_384, 39, 3
MEAN_NUMBER = {"j": 5.0, "b": 0.8, "e-": 0.2, "e+": 0.2, "m-": 0.2, "m+": 0.2, "g": 0.1}
DARKFLOW = {
    "conv_vae": 2100, "conv_vae_planar": 1985, "conv_vae_orthogonal": 1631, "conv_vae_householder": 1115,
    "conv_vae_triangular": 2221, "conv_vae_iaf": 1429, "conv_vae_convolutional": 887, "conv_vae_nsf_ar": 238,
}  # fmt: skip
"""Events per second of processor time that DarkFlow trains on at batch 32."""
DARKFLOW_GRAPH = 210
"""The same of its graph network, at the batch of one that it uses; with a flow it does not run."""


def main(chosen: list[str]) -> None:
    torch.set_num_threads(1)
    train, test = synthetic(TRAINING, 1), synthetic(SCORING, 3)
    print(f"{test.present.sum(1).mean():.1f} objects per event, {TRAINING} training events, one thread")
    print(f"importing the plugin's hook module      {1e3 * import_time('adbench_flow_vae.plugin'):8.0f} ms")
    print(f"representation, 39 rows                 {SCORING / seconds(lambda: rows(test)):8,.0f} events/s")
    print(f"\n{'events/s per core':<30} {'batch':>5} {'training':>9} {'scoring':>9}  training over DarkFlow")
    for spec in adbench_detectors():
        if spec.name == "set_vae" or (chosen and spec.name not in chosen):
            continue
        for preset, change in variants(spec):
            params = resolve(FlowVaeParams, {**spec.params, **spec.presets[preset], **change, "patience": 0})
            fit, network = training_rate(params, train)
            score = SCORING / seconds(lambda network=network: score_events(network, test, RunContext()), 1)
            theirs = DARKFLOW.get(spec.name, DARKFLOW_GRAPH)
            title = spec.name if preset == "default" else f"{spec.name}, {preset}"
            print(f"{title:<30} {params.batch_size:>5} {fit:9,.0f} {score:9,.0f}  {fit / theirs:8.1f}", flush=True)
    closed, edges = layer_times(FlowVaeParams().batch_size)
    print(f"\nfirst graph layer, forward and backward {edges / closed:6.0f} times as fast as torch-geometric's GCNConv")


def variants(spec: DetectorSpec) -> list[tuple[str, dict[str, Any]]]:
    """Return the presets to time: ``default``, and the networks of the public code at its batch and at ours."""
    rows: list[tuple[str, dict[str, Any]]] = [("default", {})]
    if spec.params["network"] == "conv":
        rows += [("darkflow", {}), ("darkflow", {"batch_size": FlowVaeParams().batch_size})]
    return rows


def training_rate(params: FlowVaeParams, train: Events) -> tuple[float, Vae]:
    """Return events per second of processor time of an epoch behind the first, and the network."""
    spent = []
    for epochs in (1, 1, 3):  # the first call warms up
        start = time.process_time()
        network, _ = train_vae(replace(params, epochs=epochs), train, train[:0], RunContext())
        spent.append(time.process_time() - start)
    return 2 * len(train) / (spent[2] - spent[1]), network


def synthetic(n: int, seed: int) -> Events:
    """Return events with Poisson numbers of objects and exponential spectra, hardest first."""
    rng = np.random.default_rng(seed)
    schema = EventSchema(
        (Quantity("E", "GeV"), Quantity("pt", "GeV"), Quantity("eta"), Quantity("phi", "rad", periodic=True)),
        tuple(Kind(name, jet=name in "jb") for name in MEAN_NUMBER),
        (Quantity("met", "GeV"), Quantity("met_phi", "rad", periodic=True)),
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
    missing = np.stack([rng.exponential(100, n), rng.uniform(-np.pi, np.pi, n)], axis=1)
    return Events.build(schema, np.stack([pt * np.cosh(eta), pt, eta, phi], axis=2), kinds, missing)


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
    main(sys.argv[1:])
