"""Angles, and what a velocity says about data, noise and score."""

from __future__ import annotations

import math

import pytest
import torch
from adbench_point_diffusion import schedule
from torch import Tensor

ANGLES = torch.tensor([0.01, 0.4, 0.9, 1.5]).double()


def data_of(x: Tensor, velocity: Tensor, angle: Tensor) -> Tensor:
    """The data behind x, the other half of a rotation."""
    return angle.cos() * x - angle.sin() * velocity


def score_of(x: Tensor, velocity: Tensor, angle: Tensor) -> Tensor:
    """grad log p(x) = -noise / sin(angle) = -x - v / tan(angle); equation 5 of arXiv:2306.03933 prints + x."""
    return -x - velocity / angle.tan()


def test_data_and_noise_come_back_from_a_velocity() -> None:
    data, noise = torch.randn(2, 4, generator=torch.Generator().manual_seed(0)).double()
    x, v = schedule.noised(data, noise, ANGLES), schedule.velocity_of(data, noise, ANGLES)
    torch.testing.assert_close(data_of(x, v, ANGLES), data)
    torch.testing.assert_close(schedule.noise_of(x, v, ANGLES), noise)
    torch.testing.assert_close(score_of(x, v, ANGLES), -noise / ANGLES.sin())


def test_the_velocity_is_the_derivative_of_the_path() -> None:
    angle = ANGLES.clone().requires_grad_()
    (slope,) = torch.autograd.grad(schedule.noised(torch.ones(4), torch.full((4,), 3.0), angle).sum(), angle)
    torch.testing.assert_close(slope, schedule.velocity_of(torch.tensor(1.0), torch.tensor(3.0), ANGLES))


def test_the_score_has_the_sign_of_a_density(gaussian) -> None:
    x, angle = gaussian.sample(5), torch.full((5, 1), 0.7).double()
    noised = schedule.noised(x, torch.zeros_like(x), angle).requires_grad_()
    deviation = (angle.cos() ** 2 * gaussian.deviation**2 + angle.sin() ** 2).sqrt()
    log_p = torch.distributions.Normal(angle.cos() * gaussian.mean, deviation).log_prob(noised).sum()
    (expected,) = torch.autograd.grad(log_p, noised)
    v = gaussian.velocity(noised.detach(), angle[:, 0])
    torch.testing.assert_close(score_of(noised.detach(), v, angle), expected)


def test_the_public_range_of_log_snr() -> None:
    ends = schedule.angle_of_log_snr(torch.tensor([schedule.LOG_SNR, -schedule.LOG_SNR]).double())
    assert ends[0] == pytest.approx(math.atan(math.exp(-5)))
    torch.testing.assert_close(-2 * ends.tan().log(), torch.tensor([10.0, -10.0]).double())
    assert float(ends.sum()) == pytest.approx(schedule.END)
