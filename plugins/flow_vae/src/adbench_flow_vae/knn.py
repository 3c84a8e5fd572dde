"""The general graph: each object hears its nearest ones in (eta, phi), through torch-geometric."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch_geometric.nn import SimpleConv
from torch_geometric.nn.conv.gcn_conv import gcn_norm

__all__ = ["Edges", "nearest_neighbours"]


@dataclass(frozen=True, slots=True)
class Edges:
    """Any undirected graph, with the normalisation of torch-geometric's ``GCNConv``: self loops, D^-1/2 (A + I) D^-1/2.

    Attributes:
        links: int64 (2, n_links), nodes counted through the batch, both directions of every link, no self loops.
        index: int64 (2, n_links + n_nodes), the same with self loops.
        weight: (n_links + n_nodes,), entries of A_hat.
    """

    links: Tensor
    index: Tensor
    weight: Tensor

    def spread(self, h: Tensor) -> Tensor:
        """Return A_hat h, (B, N, F)."""
        spread: Tensor = SimpleConv(aggr="sum")(h.reshape(-1, h.shape[-1]), self.index, self.weight)
        return spread.view_as(h)


def nearest_neighbours(eta: Tensor, phi: Tensor, present: Tensor, k: int) -> Edges:
    """Return the graph in which two objects are linked if one is among the k nearest of the other.

    Distance is Delta R with periodic phi. Empty slots have no links; each hears itself alone.

    Args:
        eta: (B, N), pseudorapidity.
        phi: (B, N), azimuth in rad.
        present: bool (B, N), slots that hold an object.
        k: neighbours of an object; all others where an event has fewer.
    """
    slots = eta.shape[1]
    delta_eta = eta[:, :, None] - eta[:, None, :]
    delta_phi = torch.remainder(phi[:, :, None] - phi[:, None, :] + math.pi, 2 * math.pi) - math.pi
    itself = torch.eye(slots, dtype=torch.bool, device=eta.device)
    unlinked = itself | ~(present[:, :, None] & present[:, None, :])
    distance = (delta_eta**2 + delta_phi**2).masked_fill(unlinked, torch.inf)
    nearest = distance.topk(min(k, slots), largest=False)
    linked = torch.zeros_like(unlinked).scatter(2, nearest.indices, nearest.values < torch.inf)
    event, one, other = (linked | linked.transpose(1, 2)).nonzero(as_tuple=True)
    links = torch.stack([event * slots + one, event * slots + other])
    return Edges(links, *gcn_norm(links, None, present.numel(), dtype=eta.dtype))
