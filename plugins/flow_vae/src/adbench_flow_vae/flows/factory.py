"""Flows by name, each with what Jawahar et al. used (arXiv:2110.08508)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from adbench_flow_vae.flows.base import Chain, Flow
from adbench_flow_vae.flows.convolutional import ConvolutionBlock
from adbench_flow_vae.flows.householder import HouseholderSylvester
from adbench_flow_vae.flows.nsf import NeuralSpline
from adbench_flow_vae.flows.orthogonal import OrthogonalSylvester
from adbench_flow_vae.flows.planar import Planar
from adbench_flow_vae.flows.triangular import TriangularSylvester

__all__ = ["FLOWS", "Shape", "make_flow"]


class Shape(NamedTuple):
    """What a flow has to fit.

    Attributes:
        latent: dimensions of the latent space.
        slots: rows of the encoder's features; 1 where they are one vector.
        n: width of a row.
        steps: how many maps follow each other.
        vectors: columns of Q, or Householder reflections, of a Sylvester step; other flows have none.
        bins: of the splines of ``nsf_ar``.
    """

    latent: int
    slots: int
    n: int
    steps: int
    vectors: int
    bins: int


def _planar(s: Shape) -> Flow:
    return Chain(Planar(s.latent, s.slots, s.n) for _ in range(s.steps))


def _iaf(s: Shape) -> Flow:
    from adbench_flow_vae.flows.iaf import InverseAutoregressive  # nflows only where it is used

    return Chain(InverseAutoregressive(s.latent, s.slots, s.n, 330, bool(i % 2)) for i in range(s.steps))


def _convolutional(s: Shape) -> Flow:
    return Chain(ConvolutionBlock(s.latent, 7, bool(i % 2)) for i in range(s.steps))


def _nsf_ar(s: Shape) -> Flow:
    return Chain(NeuralSpline(s.latent, 8, s.bins, 3.0, bool(i % 2)) for i in range(s.steps))


FLOWS: dict[str, tuple[int, Callable[[Shape], Flow]]] = {
    "planar": (6, _planar),
    "orthogonal": (6, lambda s: OrthogonalSylvester(*s[:5])),
    "householder": (6, lambda s: HouseholderSylvester(*s[:5])),
    "triangular": (6, lambda s: TriangularSylvester(*s[:4])),
    "iaf": (4, _iaf),
    "convolutional": (4, _convolutional),
    "nsf_ar": (4, _nsf_ar),
}
"""The paper's number of steps of each flow, and how it is built."""


def make_flow(
    name: str, latent: int, slots: int, n: int, steps: int | None = None, vectors: int = 8, bins: int = 64
) -> Flow:
    """Return the flow of a name: ``none`` or one of `FLOWS`.

    Args:
        name: which flow.
        latent: dimensions of the latent space.
        slots: rows of the encoder's features; 1 where they are one vector.
        n: width of the encoder's features.
        steps: how many maps follow each other. None: as many as in the paper.
        vectors: columns of Q, or Householder reflections, of each Sylvester step; other flows have none.
        bins: of the splines of ``nsf_ar``.

    Raises:
        ValueError: no flow of that name.

    Example:
        >>> make_flow("planar", latent=15, slots=1, n=20)(torch.randn(4, 15), torch.randn(4, 1, 20))[0].shape
        torch.Size([4, 15])
    """
    if name == "none":
        return Chain()
    if name not in FLOWS:
        msg = f"there is no flow {name}; there are none, {', '.join(FLOWS)}"
        raise ValueError(msg)
    published, build = FLOWS[name]
    return build(Shape(latent, slots, n, published if steps is None else steps, vectors, bins))
