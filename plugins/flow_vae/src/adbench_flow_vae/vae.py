"""The autoencoder as a whole: scaling, encoder, flow, decoder."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from adbench.torchkit import Standardiser
from adbench_flow_vae.chamfer import chamfer
from adbench_flow_vae.flows import make_flow
from adbench_flow_vae.gcn import GcnDecoder, GcnEncoder, Posterior
from adbench_flow_vae.graph import Graph, graph_of
from adbench_flow_vae.loss import beta_loss, kl_divergence
from adbench_flow_vae.params import FlowVaeParams
from adbench_flow_vae.representation import ALL_OBJECTS, COLUMNS, TYPE
from adbench_flow_vae.scores import radius

__all__ = ["Encoded", "Vae"]

_SLOTS = sum(capacity for _, capacity in ALL_OBJECTS)


class Encoded(NamedTuple):
    """A batch of events behind the encoder.

    Attributes:
        x: (B, slots, 5), standardised objects.
        present: bool (B, slots), slots that the distance compares; None = all.
        graph: who hears whom.
        posterior: the Gaussians in the latent space.
    """

    x: Tensor
    present: Tensor | None
    graph: Graph
    posterior: Posterior


class Vae(nn.Module):
    """GCN-VAE with an optional flow between sampling and decoding.

    Args:
        params: architecture; the training settings in it are not used here.
    """

    def __init__(self, params: FlowVaeParams) -> None:
        super().__init__()
        self.params = params
        widths = (len(COLUMNS), *params.widths)
        self.scale = Standardiser((len(COLUMNS),) if params.mask_padding else (_SLOTS, len(COLUMNS)))
        self.encoder = GcnEncoder(_SLOTS, widths, params.latent)
        self.flow = make_flow(params.flow, params.latent, _SLOTS, widths[-1], params.flows, params.reflections)
        self.decoder = GcnDecoder(_SLOTS, widths, params.latent)

    def encode(self, objects: Tensor) -> Encoded:
        """Return the posteriors of objects, (B, slots, 5), as `representation.rows` gives them."""
        x = self.scale(objects)
        graph = graph_of(self.params.adjacency, objects, self.params.neighbours)
        present = objects[..., TYPE] > 0 if self.params.mask_padding else None
        return Encoded(x, present, graph, self.encoder(x, graph))

    def distance(self, encoded: Encoded, noise: Tensor | None = None) -> Tensor:
        """Return the Chamfer distance of each event to its reconstruction, (B,).

        Args:
            encoded: the events.
            noise: (B, latent), standard normal; the latent point is mu + sigma noise, without noise mu.
        """
        mu, log_var, hidden = encoded.posterior
        z = mu if noise is None else mu + (0.5 * log_var).exp() * noise
        z, _ = self.flow(z, hidden)
        return chamfer(encoded.x, self.decoder(z, encoded.graph), encoded.present)

    def loss(self, objects: Tensor, noise: Tensor) -> Tensor:
        """Return the loss of each event, (B,), with one draw from its posterior."""
        encoded = self.encode(objects)
        kl = kl_divergence(encoded.posterior.mu, encoded.posterior.log_var)
        return beta_loss(kl, self.distance(encoded, noise), self.params.beta)

    def scores(self, objects: Tensor, noise: Tensor | None = None) -> dict[str, Tensor]:
        """Return the three scores of each event, (B,) each.

        Args:
            objects: (B, slots, 5).
            noise: (draws, B, latent), standard normal: the distance is averaged over the draws. None: taken at mu.
        """
        encoded = self.encode(objects)
        mu, log_var, _ = encoded.posterior
        if noise is None:
            distance = self.distance(encoded)
        else:
            distance = torch.stack([self.distance(encoded, draw) for draw in noise]).mean(0)
        return {"chamfer": distance, "kl": kl_divergence(mu, log_var), "rz": radius(mu, log_var)}
