"""Anomaly scores of events (arXiv:2110.08508, section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from adbench import torchkit
from adbench.api import Events, RunContext
from adbench_flow_vae.table import SCORES

if TYPE_CHECKING:
    from adbench_flow_vae.vae import Vae

__all__ = ["latent_points", "radius", "score_events"]

_BATCH = {"gcn": 2048, "conv": 256}  # shapes no result: what an inner layer makes of a batch stays in the cache


def radius(mu: Tensor, log_var: Tensor) -> Tensor:
    """Return R_z = sum_i (mu_i / sigma_i)^2 of each event, shape (B,)."""
    return (mu**2 * (-log_var).exp()).sum(1)


def score_events(network: Vae, events: Events, context: RunContext) -> dict[str, NDArray[np.float32]]:
    """Return the three scores of events, float32 (n,) each; latent draws belong to the content of each event."""
    device, draws, latent = torchkit.device_of(context), network.params.score_samples, network.params.latent
    network.to(device).eval()

    def scores_of(batch: Events) -> dict[str, Tensor]:
        noise = None
        if draws:
            normal = context.normal(batch, draws * latent, "latent").astype(np.float32)
            noise = torch.from_numpy(normal).view(-1, draws, latent).transpose(0, 1).to(device)
        objects, further = (torch.from_numpy(table).to(device) for table in network.view.tables(batch))
        return network.scores(objects, further, noise)

    size = torchkit.batch_on(device, _BATCH[network.params.network])
    return torchkit.score_in_batches(events, size, SCORES, scores_of)


def latent_points(network: Vae, events: Events, context: RunContext) -> dict[str, NDArray[np.float32]]:
    """Return the mean of each event's posterior, float32 (n, latent), and where there is a flow its image behind it."""
    device = torchkit.device_of(context)
    network.to(device).eval()
    before, behind = [torch.empty(0, network.params.latent)], [torch.empty(0, network.params.latent)]
    with torch.inference_mode():
        for batch in torchkit.batches(events, _BATCH[network.params.network]):
            objects, further = (torch.from_numpy(table).to(device) for table in network.view.tables(batch))
            point = network.latent(network.encode(objects, further).posterior)
            before.append(point.before.cpu())
            behind.append(point.behind.cpu())
    points = {"latent": before} | ({} if network.params.flow == "none" else {"latent behind the flow": behind})
    return {name: torch.cat(parts)[: len(events)].numpy() for name, parts in points.items()}
