"""Standardisation of sets: one mean and one deviation for each quantity, whatever slot an object stands in."""

from __future__ import annotations

from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from adbench.torchkit import Standardiser
from adbench_flow_vae.set_vae.inputs import EventSet

__all__ = ["SetScaling"]


class SetScaling(nn.Module):
    """Scales log pT, log mass and log MET; angles keep their unit."""

    def __init__(self) -> None:
        super().__init__()
        self.objects = Standardiser((4,))
        self.met = Standardiser((1,))

    def fit(
        self,
        objects: NDArray[np.float32],
        kinds: NDArray[np.int64],
        numbers: NDArray[np.float32],
        weights: NDArray[np.float32],
    ) -> Self:
        """Learn from training background, as `inputs.tables` gives it; empty slots do not count."""
        self.objects.fit(objects, weights, kinds > 0)
        self.met.fit(numbers[:, -1:], weights)
        return self

    def forward(self, events: EventSet) -> EventSet:
        """Return events with standardised log pT, log mass and log MET."""
        stacked = torch.stack([events.log_pt, events.eta, events.phi, events.log_mass], dim=2)
        scaled: Tensor = self.objects(stacked)
        return events._replace(
            log_pt=scaled[..., 0], log_mass=scaled[..., 3], log_met=self.met(events.log_met[:, None])[:, 0]
        )
