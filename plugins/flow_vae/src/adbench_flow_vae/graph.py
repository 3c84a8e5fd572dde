"""Graph convolutions on graphs that need no edge list: on a complete graph, hearing all others is taking the mean.

A layer of Kipf and Welling (arXiv:1609.02907, eq. 2) is H' = sigma(A_hat H W + b) with the normalised adjacency
A_hat = D^-1/2 (A + I) D^-1/2. Where every node hears the same, all nodes are equal behind the first layer. Such
a layer returns one row, (B, 1, F), that stands for all N, and the layers behind it work on that row alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from adbench_flow_vae.representation import ETA, PHI, TYPE

__all__ = ["Complete", "CompleteWithSelf", "Graph", "GraphConvolution", "Masked", "graph_of"]


class Graph(Protocol):
    """Who hears whom in each event of a batch."""

    def spread(self, h: Tensor) -> Tensor:
        """Return A_hat h for h of shape (B, N, F): (B, N, F), or (B, 1, F) where all nodes hear the same."""


@dataclass(frozen=True, slots=True)
class Complete:
    """All slots hear all slots and themselves, empty ones included: A_hat = 1 1^T / N (the paper)."""

    def spread(self, h: Tensor) -> Tensor:
        """Return the mean over nodes, (B, 1, F)."""
        return h.mean(1, keepdim=True)


@dataclass(frozen=True, slots=True)
class CompleteWithSelf:
    """All slots hear all slots, and themselves twice: A_hat_ij = (1 + delta_ij) / (N + 1) (the public code)."""

    def spread(self, h: Tensor) -> Tensor:
        """Return (N mean + h) / (N + 1), (B, N, F)."""
        return (h.sum(1, keepdim=True) + h) / (h.shape[1] + 1)


@dataclass(frozen=True, slots=True)
class Masked:
    """All slots hear the objects alone: A_hat_ij = present_j / sum_k present_k; nothing where an event has none.

    Attributes:
        present: bool (B, N), slots that hold an object.
    """

    present: Tensor

    def spread(self, h: Tensor) -> Tensor:
        """Return the mean over objects, (B, 1, F)."""
        if h.shape[1] == 1:
            return h
        present = self.present.to(h.dtype)
        return torch.einsum("bn,bnf->bf", present / present.sum(1, keepdim=True).clamp(min=1), h)[:, None]


class GraphConvolution(nn.Module):
    """A_hat H W + b on graphs with a closed form; the activation is left to the network.

    Args:
        n_in: features of a node.
        n_out: features of a node behind the layer.
    """

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.linear = nn.Linear(n_in, n_out)
        nn.init.xavier_uniform_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, h: Tensor, graph: Graph) -> Tensor:
        """Return (B, N, n_out), or (B, 1, n_out) where all nodes are equal."""
        result: Tensor = self.linear(graph.spread(h))
        return result


def graph_of(adjacency: str, objects: Tensor, neighbours: int) -> Graph:
    """Return the graph of a batch.

    Args:
        adjacency: ``complete``, ``complete+self``, ``masked`` or ``knn``.
        objects: (B, N, 5), rows as `representation.rows` gives them, not standardised.
        neighbours: k of ``knn``.
    """
    if adjacency == "complete":
        return Complete()
    if adjacency == "complete+self":
        return CompleteWithSelf()
    present = objects[..., TYPE] > 0
    if adjacency == "masked":
        return Masked(present)
    from adbench_flow_vae.knn import nearest_neighbours  # torch-geometric takes seconds to import

    return nearest_neighbours(objects[..., ETA], objects[..., PHI], present, neighbours)
