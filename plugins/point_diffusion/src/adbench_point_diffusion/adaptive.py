"""Probability flow with steps that each event chooses for itself: Dormand and Prince's pair of orders 5 and 4.

A solver whose step is shared by a batch, as in the public code, gives an event a result that depends on the others.
Source: Dormand and Prince, J. Comput. Appl. Math. 6 (1980) 19, table 2; step control of Hairer, Norsett and Wanner,
Solving Ordinary Differential Equations I, section II.4.
"""

from __future__ import annotations

import torch
from torch import Tensor

from adbench.api import DetectorError
from adbench_point_diffusion.schedule import END
from adbench_point_diffusion.trace import Trace, Velocity

__all__ = ["flow_to_noise_adaptive"]

_NODES = (0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0)
_TABLE = (
    (),
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
_FOURTH = (5179 / 57600, 0.0, 7571 / 16695, 393 / 640, -92097 / 339200, 187 / 2100, 1 / 40)
_FIRST, _MOST = 0.02, 400  # the first step, in radians; steps tried
_SAFETY, _SHRINK, _GROW = 0.9, 0.2, 5.0


def flow_to_noise_adaptive(
    velocity: Velocity, trace: Trace, x: Tensor, absolute: float, relative: float
) -> tuple[Tensor, Tensor]:
    """Return where numbers are at the angle of pure noise, (B, M), and the integral of the divergence, (B,).

    Args:
        velocity: of numbers.
        trace: velocity and divergence, the same function of the numbers at every call.
        x: (B, M), data.
        absolute: tolerance of a step for numbers and integral.
        relative: tolerance in shares of their size.

    Raises:
        DetectorError: an event needs more than 400 steps.
    """
    state = torch.cat([x, x.new_zeros(len(x), 1)], 1)
    angle, size = x.new_zeros(len(x)), x.new_full((len(x),), _FIRST)

    def slope(y: Tensor, at: Tensor) -> Tensor:
        v, divergence = trace(velocity, y[:, :-1], at)
        return torch.cat([v, divergence[:, None]], 1)

    first = slope(state, angle)
    for _ in range(_MOST):
        going = angle < END
        if not going.any():
            return state[:, :-1], state[:, -1]
        last = angle + size >= END
        size = torch.where(going, torch.where(last, END - angle, size), 0)
        slopes = [first]
        for node, row in zip(_NODES[1:], _TABLE[1:], strict=True):
            y = state + size[:, None] * _combined(row, slopes)
            slopes.append(slope(y, (angle + node * size).clamp(max=END)))
        error = size[:, None] * (_combined(_TABLE[-1], slopes) - _combined(_FOURTH, slopes))
        error = error / (absolute + relative * torch.maximum(state.abs(), y.abs()))
        norm = error.square().mean(1).sqrt()
        good = going & (norm <= 1)
        state = torch.where(good[:, None], y, state)
        first = torch.where(good[:, None], slopes[-1], first)
        angle = torch.where(good, torch.where(last, END, angle + size), angle)
        size = size * (_SAFETY * norm.clamp(min=1e-10) ** -0.2).clamp(_SHRINK, _GROW)
    if not (angle < END).any():
        return state[:, :-1], state[:, -1]
    msg = f"{int((angle < END).sum())} events need more than {_MOST} steps; set solver=rk4, or a larger tolerance"
    raise DetectorError(msg)


def _combined(weights: tuple[float, ...], slopes: list[Tensor]) -> Tensor:
    total = torch.zeros_like(slopes[0])
    for weight, slope in zip(weights, slopes, strict=False):
        if weight:
            total = total + weight * slope
    return total
