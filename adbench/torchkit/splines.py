"""Rational-quadratic splines on [-bound, bound] with the identity outside, only as much of each as a point needs.

Source: Durkan, Bekasov, Murray, Papamakarios, arXiv:1906.04032, section 3.1; floors of bins and slopes as in nflows.
On a circle both ends are one knot and share a slope: Rezende et al., arXiv:2002.02428, section 2.2.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

__all__ = ["FLOOR", "inverse_rational_quadratic", "rational_quadratic"]

FLOOR = 1e-3
"""Least width and height of a bin, as a share of the interval, and least slope at a knot (nflows' defaults)."""


def rational_quadratic(
    x: Tensor, widths: Tensor, heights: Tensor, slopes: Tensor, bound: float | Tensor, end: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Return the spline at x and the logarithm of its derivative.

    Each point lies in one bin, so only the two knots around it are worked out.

    Args:
        x: (...), points.
        widths: (..., K), logits of the K bins' widths.
        heights: (..., K), logits of their heights.
        slopes: (..., K - 1), raw slopes at the inner knots, K at least 2; softplus makes them positive.
        bound: half the interval; a number or (...).
        end: (...), slope at both ends; 1 where it is not given, which joins the identity outside smoothly.
    """
    inside = x.abs() <= bound  # not true of NaN, which passes as it is
    clamped = torch.where(inside, x, 0)
    bins = widths.shape[-1]
    scale = 1 - FLOOR * bins
    with torch.no_grad():
        shares = torch.softmax(widths, -1), torch.softmax(heights, -1)
        floors = FLOOR * torch.arange(1, bins + 1, dtype=x.dtype, device=x.device)
        ends = shares[0].cumsum(-1).mul_(scale).add_(floors)
        ends[..., -1] = 2  # rounding must not push a point out of the last bin
        before = (ends <= (clamped / (2 * bound) + 0.5)[..., None]).to(x.dtype)
        at = before.sum(-1)
        index = at.long()[..., None]

    def bin_of(logits: Tensor, share: Tensor) -> tuple[Tensor, Tensor]:
        start, size = _Bin.apply(logits, share, before, index)  # type: ignore[no-untyped-call]
        return (start * scale + FLOOR * at) * (2 * bound) - bound, (size * scale + FLOOR) * (2 * bound)

    left, width = bin_of(widths, shares[0])
    bottom, height = bin_of(heights, shares[1])
    d0, d1 = _slopes(slopes, index, end)
    slope = height / width
    t = (clamped - left) / width
    bow = t * (1 - t)
    denominator = slope + (d0 + d1 - 2 * slope) * bow
    y = bottom + height * (slope * t**2 + d0 * bow) / denominator
    derivative = d1 * t**2 + 2 * slope * bow + d0 * (1 - t) ** 2
    log_slope = 2 * (slope / denominator).log() + derivative.log()
    return torch.where(inside, y, x), torch.where(inside, log_slope, 0)


def inverse_rational_quadratic(
    y: Tensor, widths: Tensor, heights: Tensor, slopes: Tensor, bound: float | Tensor, end: Tensor | None = None
) -> Tensor:
    """Return the point whose spline value is y; the arguments are those of `rational_quadratic`."""
    inside = y.abs() <= bound
    clamped = torch.where(inside, y, 0)
    knots_x, knots_y = _knots(widths), _knots(heights)
    at = (knots_y[..., 1:] <= (clamped / (2 * bound) + 0.5)[..., None]).sum(-1).clamp(max=widths.shape[-1] - 1)
    index = at[..., None]

    def bin_of(knots: Tensor) -> tuple[Tensor, Tensor]:
        low, high = (knots.gather(-1, index + step)[..., 0] for step in (0, 1))
        return (2 * low - 1) * bound, 2 * (high - low) * bound

    (left, width), (bottom, height) = bin_of(knots_x), bin_of(knots_y)
    d0, d1 = _slopes(slopes, index, end)
    slope, rise = height / width, clamped - bottom
    bend = d0 + d1 - 2 * slope
    a = height * (slope - d0) + rise * bend
    b = height * d0 - rise * bend
    c = -slope * rise
    t = 2 * c / (-b - (b**2 - 4 * a * c).clamp(min=0).sqrt())  # the root in [0, 1], without cancellation
    return torch.where(inside, left + t * width, y)


def _knots(logits: Tensor) -> Tensor:
    """Return the knots of the bins on [0, 1], (..., K + 1)."""
    bins = logits.shape[-1]
    ends = (FLOOR + (1 - FLOOR * bins) * torch.softmax(logits, -1)).cumsum(-1)
    return torch.cat([torch.zeros_like(ends[..., :1]), ends[..., :-1], torch.ones_like(ends[..., :1])], -1)


def _slopes(slopes: Tensor, index: Tensor, end: Tensor | None) -> tuple[Tensor, Tensor]:
    """Return the slopes at both knots of a bin."""
    around = torch.cat([index - 1, index], -1)
    last = slopes.shape[-1] - 1
    inner = torch.nn.functional.softplus(slopes.gather(-1, around.clamp(0, last))) + FLOOR
    d0, d1 = torch.where((around < 0) | (around > last), 1 if end is None else end[..., None], inner).unbind(-1)
    return d0, d1


class _Bin(Function):
    """Where one bin begins and how wide it is, as functions of the logits of all bins, whose softmax is known.

    Written out because the gradient, share_k (before_k g + [k is the bin] h - c), takes one pass over the bins.
    """

    @staticmethod
    def forward(ctx: Any, logits: Tensor, share: Tensor, before: Tensor, index: Tensor) -> tuple[Tensor, Tensor]:
        start, size = (share * before).sum(-1), share.gather(-1, index)[..., 0]
        ctx.save_for_backward(share, before, index, start, size)
        return start, size

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, by_start: Tensor, by_size: Tensor) -> tuple[Tensor, None, None, None]:
        share, before, index, start, size = ctx.saved_tensors
        gradient = before * by_start[..., None]
        gradient.scatter_add_(-1, index, by_size[..., None])
        gradient -= (by_start * start + by_size * size)[..., None]
        return gradient.mul_(share), None, None, None
