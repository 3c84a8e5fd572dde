"""Every step is undone: triangular maps one coordinate after the other by bisection, planar ones along w."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
import torch
from adbench_flow_vae.flows import Chain, Flow
from adbench_flow_vae.flows.base import INSIDE
from adbench_flow_vae.flows.convolutional import ConvolutionBlock
from adbench_flow_vae.flows.planar import Planar, bounded
from adbench_flow_vae.flows.sylvester import Sylvester, times
from torch import Tensor

LATENT = 6


def bisect(value: Callable[[Tensor], Tensor], target: Tensor) -> Tensor:
    """Where increasing functions, one an event, take their target; (B,)."""
    low, high = torch.full_like(target, -1e3), torch.full_like(target, 1e3)
    for _ in range(70):
        middle = (low + high) / 2
        below = value(middle) < target
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return (low + high) / 2


def solve(map_: Callable[[Tensor], Tensor], target: Tensor, order: Iterable[int]) -> Tensor:
    """Invert a map of (B, d) whose dimension i increases with i and else depends on those before it in `order`."""
    point = torch.zeros_like(target)
    for i in order:

        def along(x: Tensor, i: int = i) -> Tensor:
            return map_(point.index_copy(1, torch.tensor([i]), x[:, None]))[:, i]

        point[:, i] = bisect(along, target[:, i])
    return point


def undo_planar(step: Planar, moved: Tensor, hidden: Tensor) -> Tensor:
    u, w, b = step.vectors(hidden).split(step.sizes, 1)
    u, product = bounded(u, w)
    along = bisect(lambda a: a + product[:, 0] * torch.tanh(a + b[:, 0]), (moved * w).sum(1))
    return moved - u * torch.tanh(along[:, None] + b)


def undo_sylvester(flow: Sylvester, moved: Tensor, hidden: Tensor) -> Tensor:
    m, events = flow.m, len(moved)
    triangles = flow.triangles.events_last(hidden).view(flow.steps, 2, m, m, events)
    vectors = flow.vectors.events_last(hidden).view(flow.steps, 3, m, events)
    point = moved.T
    for k, turn in reversed(list(enumerate(flow.turns(hidden)))):
        r1, r2 = (
            triangles[k, i] + torch.diag_embed(vectors[k, i].tanh().T * INSIDE).permute(1, 2, 0) for i in range(2)
        )

        def pushed(u: Tensor, r1: Tensor = r1, r2: Tensor = r2, shift: Tensor = vectors[k, 2]) -> Tensor:
            return times(r1, torch.tanh(times(r2, u) + shift))

        u = solve(lambda u, push=pushed: u + push(u.T).T, turn.back(point).T, reversed(range(m)))
        point = point - turn.forth(pushed(u.T))
    return point.T


def undo(flow: Flow, moved: Tensor, hidden: Tensor) -> Tensor:
    if isinstance(flow, Chain):
        for step in reversed(flow.steps):
            moved = undo(step, moved, hidden)
        return moved
    if isinstance(flow, Planar):
        return undo_planar(flow, moved, hidden)
    if isinstance(flow, Sylvester):
        return undo_sylvester(flow, moved, hidden)
    if isinstance(flow, ConvolutionBlock):
        moved = moved.flip(1) if flow.reverse else moved
        for layer in reversed(flow.layers):
            moved = solve(lambda z, layer=layer: layer(z, hidden)[0], moved, reversed(range(LATENT)))
        return moved.flip(1) if flow.reverse else moved
    order = reversed(range(LATENT)) if flow.reverse else range(LATENT)
    return solve(lambda z: flow(z, hidden)[0], moved, order)


@pytest.mark.parametrize("scale", [1, 2])
@torch.no_grad()
def test_every_flow_is_undone_step_by_step(name, scale, build, points):
    flow, (z, hidden) = build(name, scale=scale, latent=LATENT, vectors=4), points(40, LATENT)
    moved, _ = flow(z, hidden)
    assert (moved - z).abs().max() > 0.1
    torch.testing.assert_close(undo(flow, moved, hidden), z, rtol=0, atol=1e-7)
