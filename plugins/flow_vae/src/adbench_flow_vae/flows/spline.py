"""Rational-quadratic splines on [-bound, bound] with the identity outside, only as much of each as a point needs.

Source: Durkan, Bekasov, Murray, Papamakarios, arXiv:1906.04032, section 3.1; floors of bins and slopes as in nflows.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["FLOOR", "rational_quadratic"]

FLOOR = 1e-3
"""Least width and height of a bin, as a share of the interval, and least slope at a knot (nflows' defaults)."""


def rational_quadratic(
    x: Tensor, widths: Tensor, heights: Tensor, slopes: Tensor, bound: float
) -> tuple[Tensor, Tensor]:
    """Return the spline at x and the logarithm of its derivative.

    Each point lies in one bin, so only the two knots around it are worked out.

    Args:
        x: (...), points.
        widths: (..., K), logits of the K bins' widths.
        heights: (..., K), logits of their heights.
        slopes: (..., K - 1), raw slopes at the inner knots; softplus makes them positive. At both ends the slope is 1.
        bound: half the interval.
    """
    inside = x.abs() < bound
    clamped = torch.where(inside, x, 0)
    bins = widths.shape[-1]
    scale = 1 - FLOOR * bins
    share = torch.softmax(widths, -1)
    with torch.no_grad():
        knots = (share * scale + FLOOR).cumsum(-1)[..., :-1]
        index = (knots * (2 * bound) - bound <= clamped[..., None]).sum(-1, keepdim=True)
    before = torch.arange(bins, device=x.device) < index
    at = index[..., 0].to(x.dtype)

    def bin_of(share: Tensor) -> tuple[Tensor, Tensor]:
        start = (share * before).sum(-1) * scale + FLOOR * at
        size = share.gather(-1, index)[..., 0] * scale + FLOOR
        return start * (2 * bound) - bound, size * (2 * bound)

    left, width = bin_of(share)
    bottom, height = bin_of(torch.softmax(heights, -1))
    last = index == bins - 1
    first = index == 0
    raw_0 = slopes.gather(-1, (index - 1).clamp_min(0))
    raw_1 = slopes.gather(-1, index.clamp_max(bins - 2))
    d0 = torch.where(first, 1, torch.nn.functional.softplus(raw_0) + FLOOR)[..., 0]
    d1 = torch.where(last, 1, torch.nn.functional.softplus(raw_1) + FLOOR)[..., 0]
    slope = height / width
    t = (clamped - left) / width
    bow = t * (1 - t)
    denominator = slope + (d0 + d1 - 2 * slope) * bow
    y = bottom + height * (slope * t**2 + d0 * bow) / denominator
    derivative = d1 * t**2 + 2 * slope * bow + d0 * (1 - t) ** 2
    log_slope = 2 * (slope / denominator).log() + derivative.log()
    return torch.where(inside, y, x), torch.where(inside, log_slope, 0)
