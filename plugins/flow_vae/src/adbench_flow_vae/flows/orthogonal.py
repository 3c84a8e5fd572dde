"""Sylvester flows through a bottleneck: Q has fewer columns than the latent space has dimensions.

Source: van den Berg, Hasenclever, Tomczak, Welling, arXiv:1803.05649, section 3. There Q is the limit of
Q (1 + (1 - Q^T Q) / 2), repeated until Q^T Q = 1 within a tolerance, which a start too far away never reaches. Here Q
comes from Gram-Schmidt: it spans the same space, every Q with orthonormal columns is reached, and nothing iterates.
"""

from __future__ import annotations

import torch
from torch import Tensor

from adbench_flow_vae.dense import SlotDense
from adbench_flow_vae.flows.sylvester import Sylvester, Turn, times

__all__ = ["Columns", "OrthogonalSylvester", "orthonormal"]


def orthonormal(v: Tensor) -> Tensor:
    """Return orthonormal rows that span the same spaces as the first, the first two, ... rows of v, (r, latent, ...).

    Modified Gram-Schmidt, twice: the second pass removes what rounding left in the first (Giraud, Langou,
    Rozloznik, Comput. Math. Appl. 50 (2005) 1069). Vectors stand along the second axis.
    """
    for _ in range(2):
        done = []
        while len(v):
            first, v = v[0], v[1:]
            norm = (first**2).sum(0).clamp_min(torch.finfo(v.dtype).tiny).sqrt()
            done.append(first / norm)
            v = v - (v * done[-1]).sum(1, keepdim=True) * done[-1]
        v = torch.stack(done)
    return v


class Columns(Turn):
    """Q of one step by its columns.

    Args:
        columns: (m, latent, B), orthonormal.
    """

    def __init__(self, columns: Tensor) -> None:
        self._columns, self._rows = columns, columns.transpose(0, 1)

    def back(self, z: Tensor) -> Tensor:
        """Return Q^T z."""
        return times(self._columns, z)

    def forth(self, u: Tensor) -> Tensor:
        """Return Q u."""
        return times(self._rows, u)


class OrthogonalSylvester(Sylvester):
    """Sylvester steps with `columns` orthonormal columns in Q.

    Raises:
        ValueError: more columns than dimensions.
    """

    def __init__(self, latent: int, slots: int, n: int, steps: int, columns: int) -> None:
        if columns > latent:
            msg = f"{columns} orthonormal vectors do not fit into {latent} latent dimensions; take at most {latent}"
            raise ValueError(msg)
        super().__init__(latent, columns, slots, n, steps)
        self.columns = SlotDense(slots, n, columns * steps * latent)
        self.latent = latent

    def turns(self, hidden: Tensor) -> list[Turn]:
        """Return the columns of each step."""
        free = self.columns.events_last(hidden).view(self.m, self.steps, self.latent, len(hidden))
        return [Columns(step) for step in orthonormal(free.transpose(1, 2)).unbind(2)]
