"""Speed of point_diffusion's likelihood, beside a plain one: ``python benchmarks/point_diffusion.py [MODEL]``.

MODEL is the folder ``model`` of a stored run of `point_diffusion` on jets, preset ``default``; without it a network is
trained for a few epochs first. The plain likelihood is torchdiffeq's RK45 at the paper's tolerances (arXiv:2306.03933)
with one step for the whole batch and the exact trace by one backward pass for each number. All in this process, on one
thread, on the same jets; times are processor time.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from adbench_point_diffusion.detector import PointDiffusionDetector
from adbench_point_diffusion.model import PointDiffusion
from adbench_point_diffusion.params import DiffusionParams
from adbench_point_diffusion.schedule import END
from adbench_point_diffusion.storing import load_model
from adbench_point_diffusion.trace import Velocity, exact, hutchinson
from adbench_point_diffusion.training import train_diffusion
from torch import Tensor

import adbench
from adbench.api import Events, RunContext

JETS, PLAIN, EPOCHS = 512, 64, 5
BATCH = 128  # jets that the detector scores together; fewer would be filled up with copies
TOLERANCES = {"rtol": 1e-4, "atol": 5e-5}


def main(chosen: list[str]) -> None:
    torch.set_num_threads(1)
    jets, params = adbench.dataset("jets"), DiffusionParams()
    if chosen:
        model = load_model(Path(chosen[0]), params)
    else:
        start = time.process_time()
        short = replace(params, epochs=EPOCHS, least_steps=0)
        model, _ = train_diffusion(short, jets.train("qcd"), jets.validation("qcd"), RunContext())
        print(f"training, {len(jets.train('qcd'))} jets {(time.process_time() - start) / EPOCHS:10.1f} s per epoch")
    test = jets.background("qcd")[:JETS]
    traces(model, test)
    few = test[:PLAIN]
    start = time.process_time()
    plain = plain_log_prob(model, few)
    rate = PLAIN / (time.process_time() - start) if plain is not None else float("nan")
    print(f"\n{'-log p of jet and constituents':<40} {'jets/s':>8} {'over plain':>10}  difference in log p, nats")
    if plain is None:
        print("plain: skipped, it needs torchdiffeq (pip install -c constraints.txt torchdiffeq)")
    else:
        print(f"{'plain: torchdiffeq RK45, exact trace':<40} {rate:8.2f} {1:10.1f}  0")
    for title, change, n in (
        ("default: RK4 in the angle, random signs", {}, JETS),
        ("the same, exact trace", {"trace": "exact"}, BATCH),
        ("20 steps, exact trace", {"trace": "exact", "steps": 20}, BATCH),
        ("RK45 for each jet, random signs", {"solver": "rk45"}, BATCH),
        ("bound, 32 angles", {"solver": "bound"}, JETS),
    ):
        speed, found = scored(model, replace(params, **change), test[:n])
        line = f"{title:<40} {speed:8.1f} {speed / rate:10.1f}"
        if plain is not None:
            apart = found[:PLAIN] - plain
            line += f"  mean {apart.mean():+.2f}, deviation {apart.std():.2f}, largest {apart.abs().max():.2f}"
        print(line, flush=True)


def scored(model: PointDiffusion, params: DiffusionParams, events: Events) -> tuple[float, Tensor]:
    """Return jets per second of all four scores, and log p in the view's units."""
    detector = PointDiffusionDetector(params, RunContext())
    model.params = params
    detector._model = model
    start = time.process_time()
    nll = detector.score(events)["nll"]
    return len(events) / (time.process_time() - start), -torch.from_numpy(nll)


def plain_log_prob(model: PointDiffusion, events: Events) -> Tensor | None:
    """Return log p (n,) as one would write it down, None without torchdiffeq."""
    numbers, objects, there, kinds = (torch.from_numpy(table) for table in model.view.tables(events))
    x = (model.object_scale(objects) * there).flatten(1)
    y = model.number_scale(numbers)
    of_objects = _plain(model.object_velocity(y, there, kinds), x, there.flatten(1))
    of_event = _plain(model.event_velocity(), y, torch.ones_like(y) > 0)
    if of_objects is None or of_event is None:
        return None
    units = (model.object_scale.deviation.log() * there).sum((1, 2)) + model.number_scale.deviation.log().sum()
    return of_event + of_objects - units


def _plain(velocity: Velocity, x: Tensor, there: Tensor) -> Tensor | None:
    try:
        from torchdiffeq import odeint
    except ImportError:
        return None

    def slope(angle: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        with torch.enable_grad():
            here = state[0].detach().requires_grad_()
            v = velocity(here, angle.expand(len(here)))
        trace = torch.zeros(len(here))
        for column in range(here.shape[1]):
            trace += torch.autograd.grad(v[:, column].sum(), here, retain_graph=True)[0][:, column]
        return v.detach(), trace

    times = torch.tensor([0.0, END])
    end, volume = odeint(slope, (x, torch.zeros(len(x))), times, method="dopri5", **TOLERANCES)
    normal = torch.distributions.Normal(0.0, 1.0).log_prob(end[-1])
    return (normal * there).sum(1) + volume[-1]


def traces(model: PointDiffusion, events: Events) -> None:
    """Print what a velocity and its divergences cost, backwards and forwards."""
    numbers, objects, there, kinds = (torch.from_numpy(table) for table in model.view.tables(events[:64]))
    velocity = model.object_velocity(model.number_scale(numbers), there, kinds)
    x, angle = (model.object_scale(objects) * there).flatten(1), torch.full((64,), 0.5)
    signs = torch.where(torch.rand(64, 1, x.shape[1]) < 0.5, -1.0, 1.0)

    def velocities() -> Tensor:
        with torch.no_grad():
            return velocity(x, angle)

    print(f"\n{'of 64 jets with 30 constituents':<40} {'ms per jet':>10}")
    for title, work in (
        ("velocity", velocities),
        ("random signs, a backward pass", lambda: hutchinson(velocity, x, angle, signs)),
        ("random signs, forward with tangents", lambda: forward(velocity, x, angle, signs[:, 0])),
        ("exact trace, backward passes", lambda: exact(velocity, x, angle)),
        ("exact trace, forward with tangents", lambda: exact_forward(velocity, x, angle)),
    ):
        print(f"{title:<40} {1e3 * seconds(work) / 64:10.2f}", flush=True)


def forward(velocity: Velocity, x: Tensor, angle: Tensor, signs: Tensor) -> Tensor:
    with torch.no_grad():
        return (torch.func.jvp(lambda y: velocity(y, angle), (x,), (signs,))[1] * signs).sum(1)


def exact_forward(velocity: Velocity, x: Tensor, angle: Tensor) -> Tensor:
    return sum(forward(velocity, x, angle, row.expand_as(x)) for row in torch.eye(x.shape[1]))


def seconds(work: Callable[[], object]) -> float:
    work()
    start = time.process_time()
    for _ in range(3):
        work()
    return (time.process_time() - start) / 3


if __name__ == "__main__":
    main(sys.argv[1:])
