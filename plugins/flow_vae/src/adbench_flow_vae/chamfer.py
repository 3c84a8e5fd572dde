"""The Chamfer distance between two sets of objects."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["chamfer"]


def chamfer(x: Tensor, y: Tensor, present: Tensor | None = None, *, squared: bool = False) -> Tensor:
    """Return the Chamfer distance of each event, shape (B,): sum_i min_j |x_i - y_j| + sum_j min_i |x_i - y_j|.

    It is 0 exactly when both sets hold the same points; how often a point occurs does not matter for that.
    Source: arXiv:2110.08508, section 3.

    Args:
        x: (B, N, F), the objects.
        y: (B, N, F), their reconstruction, or (B, 1, F) where all N rows of it are equal.
        present: bool (B, N), slots to compare, in both sets; None = all, empty slots as the zeros they hold.
        squared: measure |a - b| as the squared Euclidean distance (public code) in place of L1 (paper).
    """
    if squared:
        distance = torch.cdist(x, y, p=2.0, compute_mode="donot_use_mm_for_euclid_dist") ** 2
    else:
        distance = torch.cdist(x, y, p=1.0)
    one_for_all = y.shape[1] != x.shape[1]
    if present is None:
        return distance.amin(2).sum(1) + (x.shape[1] if one_for_all else 1) * distance.amin(1).sum(1)
    in_y = present.sum(1, keepdim=True) if one_for_all else present
    far = torch.finfo(distance.dtype).max
    to_y = distance.masked_fill((in_y == 0)[:, None, :], far).amin(2)
    to_x = distance.masked_fill(~present[:, :, None], far).amin(1)
    return (to_y * present).sum(1) + (to_x * in_y).sum(1)
