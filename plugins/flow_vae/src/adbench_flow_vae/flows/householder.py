"""Sylvester flows whose orthogonal matrix is a product of Householder reflections.

Source: van den Berg, Hasenclever, Tomczak, Welling, arXiv:1803.05649, section 3.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from adbench_flow_vae.dense import SlotDense
from adbench_flow_vae.flows.base import Flow

__all__ = ["HouseholderSylvester", "Reflections"]


class Reflections(nn.Module):
    """Q = H_1 ... H_m with H_i = I - 2 v_i v_i^T / |v_i|^2, without writing Q down.

    With the v_i as rows of V, Q = I - V^T T V and T^-1 = the upper triangle of V V^T with half its diagonal
    (Schreiber, Van Loan, SIAM J. Sci. Stat. Comput. 10 (1989) 53; Puglisi, ibid. 13 (1992) 723): Q z takes
    three small products for all reflections together.

    Args:
        m: number of reflections.
    """

    half_upper: Tensor
    identity: Tensor

    def __init__(self, m: int) -> None:
        super().__init__()
        self.register_buffer("identity", torch.eye(m), persistent=False)
        self.register_buffer("half_upper", torch.ones(m, m).triu(1) + 0.5 * torch.eye(m), persistent=False)

    def forward(self, v: Tensor) -> Tensor:
        """Return T, (B, m, m), of reflection vectors of any length, (B, m, latent)."""
        gram = v @ v.mT
        tiny = torch.finfo(v.dtype).tiny ** 0.5  # a vector of length 0 reflects nothing
        inverse = gram * self.half_upper + tiny * self.identity
        t: Tensor = torch.linalg.solve_triangular(inverse, self.identity.expand_as(gram), upper=True)
        return t


class HouseholderSylvester(Flow):
    """One step z' = z + Q R1 tanh(R2 Q^T z + b) with orthogonal Q and upper triangular R1, R2.

    All of Q, R1, R2 and b are dense functions of the encoder's features. The diagonals of R1 and R2 are
    hyperbolic tangents, so r1_i r2_i > -1, which makes the step invertible (section 3.1 of the source).

    Args:
        latent: dimensions of the latent space.
        slots: rows of the encoder's features.
        n: width of the encoder's features.
        reflections: how many Householder reflections make Q.
    """

    def __init__(self, latent: int, slots: int, n: int, reflections: int) -> None:
        super().__init__()
        above = [i * latent + j for i in range(latent) for j in range(i + 1, latent)]
        self.square = (latent, latent)
        self.vectors = SlotDense(slots, n, reflections * latent)
        self.upper_1 = SlotDense(slots, n, latent * latent, above)
        self.upper_2 = SlotDense(slots, n, latent * latent, above)
        self.diagonals = SlotDense(slots, n, 2 * latent)
        self.shift = SlotDense(slots, n, latent)
        self.reflections = Reflections(reflections)

    def forward(self, z: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return z' and log |det dz'/dz| = sum_i log(1 + r1_i r2_i tanh'(...)_i)."""
        v = self.vectors(hidden).view(len(z), -1, self.square[0])
        t = self.reflections(v)
        r1 = self.upper_1(hidden).view(-1, *self.square)
        r2 = self.upper_2(hidden).view(-1, *self.square)
        d1, d2 = self.diagonals(hidden).tanh().chunk(2, dim=1)
        turned = z - _times(v.mT, _times(t.mT, _times(v, z)))
        bent = torch.tanh(_times(r2, turned) + d2 * turned + self.shift(hidden))
        step = _times(r1, bent) + d1 * bent
        moved = z + step - _times(v.mT, _times(t, _times(v, step)))
        return moved, torch.log1p(d1 * d2 * (1 - bent**2)).sum(1)


def _times(matrix: Tensor, vector: Tensor) -> Tensor:
    return (matrix @ vector[..., None])[..., 0]
