"""Probability flow with fixed steps: Runge-Kutta of order 4 for the numbers, Simpson's rule for the divergence.

The divergence costs several times the velocity, so it is taken only where steps begin and end, which keeps the order.
Steps are equal in the square root of the angle: where there is little noise, densities are sharp.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from adbench_point_diffusion.schedule import END
from adbench_point_diffusion.trace import Velocity

__all__ = ["TraceAt", "flow_to_data", "flow_to_noise"]

TraceAt = Callable[[int, Velocity, Tensor, Tensor], tuple[Tensor, Tensor]]
"""A trace that knows which of the steps' ends it is at: another probe at each averages their noise."""


def flow_to_noise(velocity: Velocity, trace: TraceAt, x: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    """Return where numbers are at the angle of pure noise, (B, M), and the integral of the divergence, (B,).

    Args:
        velocity: of numbers.
        trace: velocity and divergence.
        x: (B, M), data.
        steps: an even number.
    """
    size = 1 / steps
    total = torch.zeros_like(x[:, 0])
    for step in range(steps + 1):
        v, divergence = trace(step, velocity, x, _angle(x, step * size))
        simpson = (1 if step in (0, steps) else 4 if step % 2 else 2) * size / 3
        total = total + simpson * _rate(step * size) * divergence
        if step < steps:
            x = _advanced(velocity, x, v * _rate(step * size), step * size, size)
    return x, total


def flow_to_data(velocity: Velocity, x: Tensor, steps: int) -> Tensor:
    """Return data, (B, M), whose flow ends at the noise x."""
    size = 1 / steps
    with torch.no_grad():
        for step in range(steps, 0, -1):
            u = step * size
            x = _advanced(velocity, x, velocity(x, _angle(x, u)) * _rate(u), u, -size)
    return x


def _advanced(velocity: Velocity, x: Tensor, first: Tensor, u: float, size: float) -> Tensor:
    """Return x after one step of the classical method, whose first slope is known."""

    def slope(y: Tensor, at: float) -> Tensor:
        return velocity(y, _angle(y, at)) * _rate(at)

    with torch.no_grad():
        second = slope(x + size / 2 * first, u + size / 2)
        third = slope(x + size / 2 * second, u + size / 2)
        fourth = slope(x + size * third, u + size)
        return x + size / 6 * (first + 2 * second + 2 * third + fourth)


def _angle(x: Tensor, u: float) -> Tensor:
    return x.new_full((len(x),), END * u**2)


def _rate(u: float) -> float:
    """d angle / du."""
    return 2 * END * u
