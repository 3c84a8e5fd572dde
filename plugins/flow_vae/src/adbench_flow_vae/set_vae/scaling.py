"""Standardisation of sets: one mean and one deviation for each quantity, whatever slot an object stands in."""

from __future__ import annotations

from typing import Self

import torch
from torch import Tensor, nn

from adbench.api import Events
from adbench.torchkit import Moments, Standardiser, blocks
from adbench_flow_vae.set_vae.inputs import EventSet, tables

__all__ = ["SetScaling"]


class SetScaling(nn.Module):
    """Scales log pT, log mass and log MET; angles keep their unit."""

    def __init__(self) -> None:
        super().__init__()
        self.objects = Standardiser((4,))
        self.met = Standardiser((1,))

    def fit(self, train: Events) -> Self:
        """Learn from training background, block by block; empty slots do not count."""
        of_objects, of_met = Moments(), Moments()
        for block in blocks(train):
            objects, kinds, numbers = tables(block)
            of_objects.add(objects, block.weights, kinds > 0)
            of_met.add(numbers[:, -1:], block.weights)
        self.objects.learn(of_objects)
        self.met.learn(of_met)
        return self

    def forward(self, events: EventSet) -> EventSet:
        """Return events with standardised log pT, log mass and log MET."""
        stacked = torch.stack([events.log_pt, events.eta, events.phi, events.log_mass], dim=2)
        scaled: Tensor = self.objects(stacked)
        return events._replace(
            log_pt=scaled[..., 0], log_mass=scaled[..., 3], log_met=self.met(events.log_met[:, None])[:, 0]
        )
