"""Maps of the latent space between the encoder's sample and the decoder."""

from __future__ import annotations

from adbench_flow_vae.flows.base import Chain, Flow
from adbench_flow_vae.flows.householder import HouseholderSylvester

__all__ = ["Chain", "Flow", "HouseholderSylvester", "make_flow"]


def make_flow(name: str, latent: int, slots: int, n: int, flows: int, reflections: int) -> Flow:
    """Return the flow of a name: ``none`` or ``householder``.

    Args:
        name: which flow.
        latent: dimensions of the latent space.
        slots: rows of the encoder's features.
        n: width of the encoder's features.
        flows: how many maps follow each other.
        reflections: Householder reflections of each.
    """
    if name == "none":
        return Chain()
    return Chain(HouseholderSylvester(latent, slots, n, reflections) for _ in range(flows))
