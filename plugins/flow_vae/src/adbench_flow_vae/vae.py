"""The autoencoder as a whole: scaling, encoder, flow, decoder, and what it is trained and judged by."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from adbench.torchkit import Standardiser
from adbench_flow_vae.chamfer import chamfer
from adbench_flow_vae.flows import make_flow
from adbench_flow_vae.graph import Complete, Graph, graph_of
from adbench_flow_vae.inputs import HIGH_LEVEL, View
from adbench_flow_vae.loss import beta_loss, divergence_behind_flow, kl_divergence
from adbench_flow_vae.networks import make_decoder, make_encoder
from adbench_flow_vae.params import FlowVaeParams
from adbench_flow_vae.posterior import Decoded, Posterior
from adbench_flow_vae.representation import TYPE
from adbench_flow_vae.scores import radius

__all__ = ["Encoded", "Latent", "Vae"]


class Encoded(NamedTuple):
    """A batch of events behind the encoder.

    Attributes:
        x: (B, slots, columns), standardised objects.
        further: (B, further), standardised further numbers.
        present: bool (B, slots), slots that the distance compares; None = all.
        graph: who hears whom.
        posterior: the Gaussians in the latent space.
    """

    x: Tensor
    further: Tensor
    present: Tensor | None
    graph: Graph
    posterior: Posterior


class Latent(NamedTuple):
    """Points of the latent space, one for each event.

    Attributes:
        before: (B, latent), in front of the flow.
        behind: (B, latent), behind it.
        log_det: (B,), log |det dbehind/dbefore|.
    """

    before: Tensor
    behind: Tensor
    log_det: Tensor


class Vae(nn.Module):
    """A VAE of the objects of an event with an optional flow between sampling and decoding.

    Args:
        params: architecture and loss; the training settings in it are not used here.
    """

    def __init__(self, params: FlowVaeParams) -> None:
        super().__init__()
        self.params = params
        self.view = view = View.of(params)
        self.scale = Standardiser((view.columns,) if params.mask_padding else (view.slots, view.columns))
        self.scale_further = Standardiser((view.further,))
        self.encoder = make_encoder(params, view)
        slots, n = self.encoder.hidden_shape
        self.flow = make_flow(params.flow, params.latent, slots, n, params.flows, params.vectors, params.bins)
        self.decoder = make_decoder(params, view)

    def encode(self, objects: Tensor, further: Tensor) -> Encoded:
        """Return the posteriors of events.

        Args:
            objects: (B, slots, 5), rows as `View.tables` gives them.
            further: (B, further), likewise.
        """
        x, numbers = self.scale(objects[..., : self.view.columns]), self.scale_further(further)
        present = None
        if self.params.mask_padding:
            present = objects[..., TYPE] > 0
            x = x * present[..., None]
        graph: Graph = Complete()
        if self.params.network == "gcn":
            graph = graph_of(self.params.adjacency, objects, self.params.neighbours)
        return Encoded(x, numbers, present, graph, self.encoder(x, numbers, graph))

    def latent(self, posterior: Posterior, noise: Tensor | None = None) -> Latent:
        """Return a point for each event: mu + sigma noise, noise (B, latent); without noise mu."""
        z = posterior.mu if noise is None else posterior.mu + (0.5 * posterior.log_var).exp() * noise
        return Latent(z, *self.flow(z, posterior.hidden))

    def distance(self, encoded: Encoded, decoded: Decoded) -> Tensor:
        """Return the Chamfer distance of each event to its reconstruction, (B,)."""
        squared = self.params.compat == "darkflow"
        return chamfer(encoded.x, decoded.objects, encoded.present, squared=squared)

    def loss(self, objects: Tensor, further: Tensor, noise: Tensor) -> Tensor:
        """Return the loss of each event, (B,), with one draw from its posterior."""
        encoded = self.encode(objects, further)
        mu, log_var, _ = encoded.posterior
        latent = self.latent(encoded.posterior, noise)
        decoded = self.decoder(latent.behind, encoded.graph)
        distance = self.distance(encoded, decoded)
        if self.view.high_level:
            error = (decoded.high_level - encoded.further[:, -len(HIGH_LEVEL) :]) ** 2
            distance = distance + self.params.high_level_weight * error.mean(1)
        if self.params.loss == "plain":
            divergence = kl_divergence(mu, log_var)
        else:
            divergence = divergence_behind_flow(noise, log_var, latent.behind, latent.log_det)
        return beta_loss(divergence, distance, self.params.beta)

    def scores(self, objects: Tensor, further: Tensor, noise: Tensor | None = None) -> dict[str, Tensor]:
        """Return the three scores of each event, (B,) each.

        Args:
            objects: (B, slots, 5).
            further: (B, further).
            noise: (draws, B, latent), standard normal: the distance is averaged over the draws. None: taken at mu.
        """
        encoded = self.encode(objects, further)
        mu, log_var, _ = encoded.posterior

        def distance(draw: Tensor | None) -> Tensor:
            return self.distance(encoded, self.decoder(self.latent(encoded.posterior, draw).behind, encoded.graph))

        mean = distance(None) if noise is None else torch.stack([distance(draw) for draw in noise]).mean(0)
        return {"chamfer": mean, "kl": kl_divergence(mu, log_var), "rz": radius(mu, log_var)}
