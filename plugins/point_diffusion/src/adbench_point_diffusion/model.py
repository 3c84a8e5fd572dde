"""Scaling, networks and likelihood of an event: its numbers, its kinds of objects, and the objects given these.

log p(event) = log p(numbers) + log P(kinds | number) + log p(objects | kinds, numbers)
(Mikuni and Nachman, arXiv:2306.03933, equation 8; jets have one kind of object, so the second term is 0).
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from adbench import torchkit
from adbench.api import Events
from adbench_point_diffusion.counts import KindCounts
from adbench_point_diffusion.likelihood import Solver, lower_bound, probability_flow
from adbench_point_diffusion.networks import EventNetwork, ObjectNetwork
from adbench_point_diffusion.params import DiffusionParams
from adbench_point_diffusion.trace import Velocity
from adbench_point_diffusion.view import View

__all__ = ["EVENT_STEPS", "PointDiffusion"]

EVENT_STEPS = 20
"""Steps through the density of an event's numbers: their network costs little."""


class PointDiffusion(nn.Module):
    """The densities of a view of events.

    Args:
        params: architecture and likelihood.
        view: what of the events is modelled.

    Attributes:
        counts: the probabilities of kinds, which `learn` makes.
    """

    def __init__(self, params: DiffusionParams, view: View) -> None:
        super().__init__()
        self.params, self.view = params, view
        self.counts: KindCounts | None = None
        numbers, features = len(view.event), len(view.each)
        self.number_scale = torchkit.Standardiser((numbers,))
        self.object_scale = torchkit.Standardiser((features,))
        self.event_network = EventNetwork(numbers, params.event_width, params.event_blocks)
        self.object_network = ObjectNetwork(
            features, len(view.schema.kinds), numbers, params.width, params.heads, params.blocks
        )

    def learn(self, train: Events) -> None:
        """Learn scaling and probabilities of kinds from background, block by block."""
        numbers, columns = torchkit.Moments(), [torchkit.Moments() for _ in self.view.each]
        kinds: list[NDArray[np.int64]] = []
        for block in torchkit.blocks(train):
            of_event, objects, there, of_block = self.view.tables(block)
            numbers.add(of_event, block.weights)
            for i, column in enumerate(columns):
                column.add(objects[:, :, i : i + 1], block.weights, there[:, :, i])
            kinds.append(of_block)
        self.number_scale.learn(numbers)
        for i, column in enumerate(columns):
            if column.weight > 0:  # else no object of training has this number
                one = torchkit.Standardiser((1,)).learn(column)
                self.object_scale.mean[i], self.object_scale.deviation[i] = one.mean[0], one.deviation[0]
        weights = np.asarray(train.weights, np.float64)
        self.counts = KindCounts.of(np.concatenate(kinds), weights, len(self.view.schema.kinds))

    def event_velocity(self) -> Velocity:
        """Return the velocity of standardised numbers, (B, E)."""
        return self.event_network

    def object_velocity(self, numbers: Tensor, there: Tensor, kinds: Tensor) -> Velocity:
        """Return the velocity of standardised objects, flattened to (B, N D), of events with these numbers."""

        def velocity(x: Tensor, angle: Tensor) -> Tensor:
            v = self.object_network(x.view(there.shape) * there, angle, numbers, kinds) * there
            result: Tensor = v.flatten(1)
            return result

        return velocity

    def solver(self) -> Solver:
        """Return how the likelihood of objects is integrated."""
        p = self.params
        return Solver("rk45" if p.solver == "rk45" else "rk4", p.trace, p.steps, p.probes, p.absolute, p.relative)

    def uniforms(self) -> int:
        """Return how many uniform numbers a score of one event needs."""
        dims = self.view.slots * len(self.view.each)
        if self.params.solver == "bound":
            return self.params.points * (dims + 1)
        return self.solver().signs * dims

    def log_event(self, numbers: Tensor) -> Tensor:
        """Return log p (B,) of an event's numbers, in the units of the view; the number of objects as a probability.

        A density that was learnt with uniform noise on the count gives, at the count, its probability to the
        second order of a bin's width.
        """
        x = self.number_scale(numbers)
        solver = Solver("rk45" if self.params.solver == "rk45" else "rk4", "exact", EVENT_STEPS)
        log_p = probability_flow(self.event_velocity(), x, torch.ones_like(x) > 0, solver)
        return log_p - self.number_scale.deviation.log().sum()

    def log_objects(self, numbers: Tensor, objects: Tensor, there: Tensor, kinds: Tensor, uniform: Tensor) -> Tensor:
        """Return log p (B,) of the objects given kinds and numbers, in the units of the view.

        It is the density of objects that are labelled within each kind, which knows no order of them.

        Args:
            numbers: (B, E), of events.
            objects: (B, N, D).
            there: bool (B, N, D).
            kinds: int64 (B, N).
            uniform: (B, `uniforms`), belonging to each event.
        """
        x = (self.object_scale(objects) * there).flatten(1)
        known = there.flatten(1)
        velocity = self.object_velocity(self.number_scale(numbers), there, kinds)
        dims, full = x.shape[1], self.view.slots * len(self.view.each)  # a narrower batch leaves the last slots out
        if self.params.solver == "bound":
            points = self.params.points
            places, rest = uniform[:, :points], uniform[:, points:].reshape(len(x), points, full)[..., :dims]
            log_p = lower_bound(velocity, x, known, torch.special.ndtri(rest), places)
        else:
            solver = self.solver()
            draws = uniform.reshape(len(x), solver.signs, full)[..., :dims]
            log_p = probability_flow(velocity, x, known, solver, torch.where(draws < 0.5, -1.0, 1.0).to(x.dtype))
        return log_p - (self.object_scale.deviation.log() * there).sum((1, 2))

    def kind_counts(self) -> KindCounts:
        """Return the probabilities of kinds; RuntimeError before `learn`."""
        if self.counts is None:
            msg = "the probabilities of kinds come from learn(), which has not been called"
            raise RuntimeError(msg)
        return self.counts
