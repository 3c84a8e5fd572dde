"""The diffusion as a rotation: x = cos(angle) data + sin(angle) noise, and what a network's output means.

Variance preserving with the cosine schedule, angle = pi t / 2 (Mikuni and Nachman, arXiv:2306.03933, section 2;
Salimans and Ho, arXiv:2202.00512). The velocity, v = cos(angle) noise - sin(angle) data, is dx / d angle.
Angles are tensors that broadcast against the numbers.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

__all__ = ["END", "LOG_SNR", "angle_of_log_snr", "noise_of", "noised", "velocity_of"]

END = math.pi / 2
"""The angle of pure noise; 0 is that of data."""

LOG_SNR = 10.0
"""The public code keeps the logarithm of the signal-to-noise ratio, cos^2 / sin^2, within plus and minus this."""


def noised(data: Tensor, noise: Tensor, angle: Tensor) -> Tensor:
    """Return data at an angle."""
    return angle.cos() * data + angle.sin() * noise


def velocity_of(data: Tensor, noise: Tensor, angle: Tensor) -> Tensor:
    """Return the velocity, of which a network learns the mean at a point."""
    return angle.cos() * noise - angle.sin() * data


def noise_of(x: Tensor, velocity: Tensor, angle: Tensor) -> Tensor:
    """Return the noise in x."""
    return angle.sin() * x + angle.cos() * velocity


def angle_of_log_snr(value: Tensor) -> Tensor:
    """Return the angle of a logarithmic signal-to-noise ratio."""
    return torch.atan((-value / 2).exp())
