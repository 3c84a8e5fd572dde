"""Sylvester flows whose orthogonal matrix is a fixed permutation.

Source: van den Berg, Hasenclever, Tomczak, Welling, arXiv:1803.05649, section 3: the identity and the reversal in turn.
"""

from __future__ import annotations

from torch import Tensor

from adbench_flow_vae.flows.sylvester import Sylvester, Turn

__all__ = ["Identity", "Reversal", "TriangularSylvester"]


class Identity(Turn):
    """Q = 1."""

    def back(self, z: Tensor) -> Tensor:
        """Return z."""
        return z

    def forth(self, u: Tensor) -> Tensor:
        """Return u."""
        return u


class Reversal(Turn):
    """Q reverses the order of the dimensions; it is its own inverse."""

    def back(self, z: Tensor) -> Tensor:
        """Return z, last dimension first."""
        return z.flip(0)

    def forth(self, u: Tensor) -> Tensor:
        """Return u, last dimension first."""
        return u.flip(0)


class TriangularSylvester(Sylvester):
    """Sylvester steps with Q = 1 in the first, third, ... and the reversal in every other."""

    def __init__(self, latent: int, slots: int, n: int, steps: int) -> None:
        super().__init__(latent, latent, slots, n, steps)

    def turns(self, hidden: Tensor) -> list[Turn]:
        """Return identity and reversal in turn."""
        return [Reversal() if step % 2 else Identity() for step in range(self.steps)]
