"""log p of numbers from a velocity: by the probability flow, and a lower bound by Monte Carlo.

With the angle as time the flow is dx / d angle = v, and log p(data) = log N(x at pi/2; 0, 1) + integral of div v.
Source: Song et al., arXiv:2011.13456, section 4.3; bound: Kingma et al., arXiv:2107.00630, equations 13 and 17.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Literal

import torch
from torch import Tensor

from adbench_point_diffusion.adaptive import flow_to_noise_adaptive
from adbench_point_diffusion.fixed import flow_to_noise
from adbench_point_diffusion.schedule import LOG_SNR, angle_of_log_snr, noise_of, noised
from adbench_point_diffusion.trace import Velocity, exact, hutchinson

__all__ = ["Solver", "lower_bound", "probability_flow"]

_LOG_2PI = math.log(2 * math.pi)


@dataclass(frozen=True, slots=True)
class Solver:
    """How to integrate.

    Attributes:
        method: rk4 = fixed steps, the same for all; rk45 = steps that each event chooses.
        trace: exact, or hutchinson = in the mean over random signs.
        steps: of rk4, an even number.
        probes: sets of random signs at each place where hutchinson takes a trace.
        absolute: tolerance of rk45.
        relative: the same in shares; arXiv:2306.03933 has 5e-5 and 1e-4.
    """

    method: Literal["rk4", "rk45"] = "rk4"
    trace: Literal["exact", "hutchinson"] = "exact"
    steps: int = 10
    probes: int = 1
    absolute: float = 5e-5
    relative: float = 1e-4

    @property
    def signs(self) -> int:
        """How many random signs `probability_flow` needs for each number: rk4 takes others at the end of each step."""
        if self.trace == "exact":
            return 0
        return self.probes * (self.steps + 1 if self.method == "rk4" else 1)


def probability_flow(
    velocity: Velocity, x: Tensor, there: Tensor, solver: Solver, signs: Tensor | None = None
) -> Tensor:
    """Return log p (B,) of the numbers that are there, in nats.

    Args:
        velocity: gets numbers (B, M) and angles (B,); it has to be 0 where numbers are missing.
        x: (B, M), data; 0 where they are missing.
        there: bool (B, M).
        solver: how to integrate.
        signs: (B, `Solver.signs`, M), +1 and -1, which belong to each event.
    """
    random = signs if signs is not None else x.new_zeros(len(x), 0, x.shape[1])
    if solver.method == "rk45":
        fixed = exact if solver.trace == "exact" else partial(hutchinson, signs=random)
        end, volume = flow_to_noise_adaptive(velocity, fixed, x, solver.absolute, solver.relative)
    else:

        def trace(place: int, v: Velocity, y: Tensor, angle: Tensor) -> tuple[Tensor, Tensor]:
            if solver.trace == "exact":
                return exact(v, y, angle)
            return hutchinson(v, y, angle, random[:, place * solver.probes : (place + 1) * solver.probes])

        end, volume = flow_to_noise(velocity, trace, x, solver.steps)
    return _log_normal(end, there) + volume


def lower_bound(velocity: Velocity, x: Tensor, there: Tensor, noise: Tensor, uniform: Tensor) -> Tensor:
    """Return a lower bound of log p (B,), in nats, in the mean over noise and uniform numbers.

    The bound is - KL(x at the most noise | N(0, 1)) + E log p(data | x at the least noise)
    - 1/2 integral d(log SNR) E |noise - predicted noise|^2, between log SNR of -10 and 10.

    Args:
        velocity: as for `probability_flow`.
        x: (B, M), data; 0 where they are missing.
        there: bool (B, M).
        noise: (B, K, M), standard normal numbers.
        uniform: (B, K), in (0, 1); point k takes its angle from the k-th of K equal ranges of log SNR.
    """
    draws = noise.shape[1]
    places = (torch.arange(draws, dtype=x.dtype, device=x.device) + uniform) / draws
    angles = angle_of_log_snr(LOG_SNR * (2 * places - 1))
    most = angle_of_log_snr(x.new_tensor(-LOG_SNR))
    mean, variance = most.cos() * x, most.sin() ** 2
    prior = 0.5 * ((mean**2 + variance - 1 - variance.log()) * there).sum(1)
    nearest = angle_of_log_snr(x.new_tensor(LOG_SNR))  # there, data are x / cos with a spread of tan
    width = torch.log(nearest.tan()) + 0.5 * (1 + _LOG_2PI)
    data = -(width * there).sum(1)
    total = torch.zeros_like(prior)
    with torch.no_grad():
        for k in range(draws):
            angle = angles[:, k]
            y = noised(x, noise[:, k] * there, angle[:, None])
            error = (noise[:, k] - noise_of(y, velocity(y, angle), angle[:, None])) * there
            total = total + error.square().sum(1) / draws
    return data - prior - LOG_SNR * total


def _log_normal(x: Tensor, there: Tensor) -> Tensor:
    return -0.5 * ((x**2 + _LOG_2PI) * there).sum(1)
