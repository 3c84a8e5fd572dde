"""Speed of the flows in a latent space of 15 dimensions, one thread: ``python benchmarks/flows.py``.

Rates are events per second of processor time at batch 512, behind an encoder with 20 features, with the paper's
number of steps. Training is forward, backward and Adam. Two rows are nflows' own transforms of the same size. All
rows take turns within a round, so that a busy machine slows them alike; shown are medians over rounds.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch
from adbench_flow_vae.flows import FLOWS, make_flow
from nflows.transforms import (
    CompositeTransform,
    MaskedAffineAutoregressiveTransform,
    MaskedPiecewiseRationalQuadraticAutoregressiveTransform,
)
from torch import Tensor, nn

LATENT, FEATURES, BATCH, ROUNDS, CALLS = 15, 20, 512, 5, 8
THEIRS = {"iaf": "nflows, affine, 330 units", "nsf_ar": "nflows, 64 bins, 120 units"}


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    z, hidden = torch.randn(BATCH, LATENT), torch.randn(BATCH, FEATURES)
    work: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {}
    for name in FLOWS:
        work[name] = calls(make_flow(name, LATENT, 1, FEATURES), z, hidden[:, None])
        if name in THEIRS:
            work[THEIRS[name]] = calls(nflows_like(name), z, hidden)
    rates = measure(work)
    print(f"{'events/s per core':<28} {'training':>10} {'scoring':>10}   ratio to nflows")
    for name, (train, score) in rates.items():
        ratios = ""
        if name in THEIRS:
            their_train, their_score = rates[THEIRS[name]]
            ratios = f"   {train / their_train:.1f} and {score / their_score:.1f}"
        print(f"{name:<28} {train:10,.0f} {score:10,.0f}{ratios}")


def nflows_like(name: str) -> nn.Module:
    """Return four autoregressive transforms of nflows, as wide as ours."""
    if name == "iaf":
        steps = [
            MaskedAffineAutoregressiveTransform(LATENT, 330, FEATURES, num_blocks=1, use_residual_blocks=False)
            for _ in range(4)
        ]
    else:
        steps = [
            MaskedPiecewiseRationalQuadraticAutoregressiveTransform(
                LATENT, 8 * LATENT, FEATURES, 64, "linear", 3.0, num_blocks=1, use_residual_blocks=False
            )
            for _ in range(4)
        ]
    transform: nn.Module = CompositeTransform(steps)
    return transform


def calls(flow: nn.Module, z: Tensor, hidden: Tensor) -> tuple[Callable[[], object], Callable[[], object]]:
    """Return one step of training towards a standard normal, and one of scoring."""
    optimiser = torch.optim.Adam(flow.parameters(), 1e-4)

    def train() -> None:
        optimiser.zero_grad()
        moved, log_det = flow(z, hidden)
        (0.5 * (moved**2).sum(1) - log_det).mean().backward()
        optimiser.step()

    @torch.no_grad()
    def score() -> None:
        flow(z, hidden)

    return train, score


def measure(work: dict[str, tuple[Callable[[], object], Callable[[], object]]]) -> dict[str, tuple[float, ...]]:
    """Return the median rates of the two kinds of calls of each row."""
    rounds: dict[str, list[list[float]]] = {name: [[], []] for name in work}
    for repeat in range(ROUNDS + 1):
        for name, pair in work.items():
            for rates, call in zip(rounds[name], pair, strict=True):
                start = time.process_time()
                for _ in range(CALLS):
                    call()
                if repeat:  # the first round warms up
                    rates.append(CALLS * BATCH / (time.process_time() - start))
    return {name: tuple(statistics.median(rates) for rates in pair) for name, pair in rounds.items()}


if __name__ == "__main__":
    main()
