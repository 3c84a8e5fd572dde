"""The factor that keeps 1 + h' u w positive for every slope 0 <= h' <= 1.

Planar and convolutional flows are invertible where u w > -1. x -> log(1 + (e - 1) e^x) - 1 maps every x = u w into
that range and 0 to 0 (times 1 - 1e-6 here, so that no rounding reaches -1); u is scaled by (this / x). Rezende,
Mohamed, arXiv:1505.05770, appendix A.1, and the public code of Jawahar et al. take softplus(x) - 1 instead, which is
not 0 at 0: the factor then explodes where w is small.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from adbench_flow_vae.flows.base import INSIDE

__all__ = ["above_minus_one", "shrink"]

_SLOPE = 1 - 1 / math.e  # at 0
_LARGE = 30.0  # from here on the map is x + log(1 - 1/e) to all digits


def above_minus_one(x: Tensor) -> Tensor:
    """Return log(1 + (e - 1) e^x) - 1, greater than -1, increasing, 0 at 0; written so that small x keep all digits."""
    return INSIDE * (torch.log1p(_SLOPE * x.clamp(max=_LARGE).expm1()) + (x - _LARGE).clamp_min(0))


def shrink(x: Tensor) -> Tensor:
    """Return above_minus_one(x) / x, smooth through 0.

    log(1 + (e - 1) e^x) - 1 is the cumulant generating function of a Bernoulli variable with mean 1 - 1/e; near 0
    its series stands in for the quotient, whose derivative would lose all digits there.
    """
    near = x.abs() < 1e-2
    p, q = _SLOPE, _SLOPE * (1 - _SLOPE)
    cumulants = (p, q, q * (1 - 2 * p), q * (1 - 6 * q), q * (1 - 2 * p) * (1 - 12 * q), q * (1 - 30 * q + 120 * q * q))
    series = torch.zeros_like(x)
    for order, cumulant in reversed(list(enumerate(cumulants, 1))):
        series = series * x + cumulant / math.factorial(order)
    apart = torch.where(near, 1, x)
    return torch.where(near, INSIDE * series, above_minus_one(apart) / apart)
