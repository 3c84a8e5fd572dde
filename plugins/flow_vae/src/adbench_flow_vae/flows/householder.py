"""Sylvester flows whose orthogonal matrix is a product of Householder reflections.

Source: van den Berg, Hasenclever, Tomczak, Welling, arXiv:1803.05649, section 3.
"""

from __future__ import annotations

import torch
from torch import Tensor

from adbench_flow_vae.dense import SlotDense
from adbench_flow_vae.flows.sylvester import Sylvester, Turn, times

__all__ = ["HouseholderSylvester", "Reflections", "triangular_factor"]


def triangular_factor(v: Tensor) -> Tensor:
    """Return T, (..., r, r, B), with H_1 ... H_r = 1 - V^T T V, of rows V of any length, (..., r, latent, B).

    H_i = 1 - 2 v_i v_i^T / |v_i|^2. One column of T after the other: with tau = 2 / |v_i|^2, the diagonal is tau and
    what stands above it is -tau T V v_i with the T of the reflections before (Schreiber, Van Loan, SIAM J. Sci. Stat.
    Comput. 10 (1989) 53). A vector of length 0 reflects nothing.
    """
    r = v.shape[-3]
    square = (v**2).sum(-2, dtype=torch.float64)  # a digit more: its rounding is what keeps Q from being orthogonal
    tau = torch.where(square > 0, 2 / square.clamp_min(torch.finfo(v.dtype).tiny ** 0.5), 0).to(v.dtype)
    factor = tau[..., :1, None, :]
    for i in range(1, r):
        overlap = times(v[..., :i, :, :], v[..., i, :, :])
        above = -tau[..., i, None, :] * times(factor, overlap)
        left = torch.nn.functional.pad(factor, (0, 0, 0, 0, 0, 1))
        right = torch.cat([above, tau[..., i, None, :]], -2)
        factor = torch.cat([left, right.unsqueeze(-2)], -2)
    return factor


class Reflections(Turn):
    """Q = 1 - V^T T V of one step, never written down.

    Args:
        v: (r, latent, B), vectors of the reflections.
        factor: (r, r, B), their `triangular_factor`.
    """

    def __init__(self, v: Tensor, factor: Tensor) -> None:
        self._v, self._v_t, self._factor = v, v.transpose(0, 1), factor

    def back(self, z: Tensor) -> Tensor:
        """Return Q^T z."""
        return z - times(self._v_t, times(self._factor.transpose(0, 1), times(self._v, z)))

    def forth(self, u: Tensor) -> Tensor:
        """Return Q u."""
        return u - times(self._v_t, times(self._factor, times(self._v, u)))


class HouseholderSylvester(Sylvester):
    """Sylvester steps with a square Q; `reflections` are the Householder vectors of each."""

    def __init__(self, latent: int, slots: int, n: int, steps: int, reflections: int) -> None:
        super().__init__(latent, latent, slots, n, steps)
        self.mirrors = SlotDense(slots, n, steps * reflections * latent)

    def turns(self, hidden: Tensor) -> list[Turn]:
        """Return the reflections of each step."""
        v = self.mirrors.events_last(hidden).view(self.steps, -1, self.m, len(hidden))
        return [Reflections(*step) for step in zip(v.unbind(0), triangular_factor(v).unbind(0), strict=True)]
