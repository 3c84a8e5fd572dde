from __future__ import annotations

import pytest
import torch
from adbench_flow_vae.flows.convolutional import DilatedConvolution
from adbench_flow_vae.flows.iaf import InverseAutoregressive
from adbench_flow_vae.flows.nsf import NeuralSpline
from nflows.transforms.splines.rational_quadratic import unconstrained_rational_quadratic_spline
from torch import Tensor

from adbench.torchkit.splines import rational_quadratic


def shapes(scale: float, rng: torch.Generator, points: int = 2000) -> list[Tensor]:
    """Points, half of them inside, and random logits of a spline of 64 bins."""
    sizes = (64, 64, 63)
    x = 3 * torch.randn(points, generator=rng, dtype=torch.float64)
    return [x, *(scale * torch.randn(points, size, generator=rng, dtype=torch.float64) for size in sizes)]


@pytest.mark.parametrize("scale", [0, 0.1, 1, 5])
def test_the_spline_is_that_of_nflows_with_its_gradients(scale, rng):
    ours = [tensor.requires_grad_() for tensor in shapes(scale, rng)]
    theirs = [tensor.detach().clone().requires_grad_() for tensor in ours]
    result = rational_quadratic(*ours, bound=3.0)
    expected = unconstrained_rational_quadratic_spline(*theirs, tail_bound=3.0)
    for one, other in zip(result, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-9)
    (result[0] + result[1]).sum().backward()
    (expected[0] + expected[1]).sum().backward()
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-6, atol=1e-6)


def test_the_spline_is_the_identity_from_the_bound_on(rng):
    _, *logits = shapes(1, rng, 7)
    x = torch.tensor([-50, -3.0001, -3, -2.9999999, 2.9999999, 3, 50], dtype=torch.float64)
    y, log_slope = rational_quadratic(x, *logits, bound=3.0)
    torch.testing.assert_close(y, x, rtol=0, atol=1e-6)
    torch.testing.assert_close(log_slope, torch.zeros_like(x), rtol=0, atol=1e-4)


@pytest.mark.parametrize("kind", ["iaf", "nsf_ar"])
@pytest.mark.parametrize("reverse", [False, True])
def test_a_dimension_depends_on_those_before_it(kind, reverse, points):
    torch.manual_seed(1)
    step = InverseAutoregressive(6, 3, 4, 60, reverse) if kind == "iaf" else NeuralSpline(6, 8, 16, 3.0, reverse)
    step, (z, hidden) = step.double(), points(5, 6)
    matrix = torch.autograd.functional.jacobian(lambda point: step(point, hidden)[0].sum(0), z).permute(1, 0, 2)
    matrix = matrix.flip(1, 2) if reverse else matrix
    assert not matrix.triu(1).any()
    filled = matrix.abs().amax(0) > 0
    assert filled.tril().sum() == 21


def test_the_networks_of_a_spline_step_are_dense_ones_of_the_dimensions_before(points):
    torch.manual_seed(2)
    step, (z, hidden) = NeuralSpline(5, 8, 16, 3.0, reverse=False).double(), points(9, 5)
    expected = []
    for i in range(5):
        h = z[:, :i]
        for layer, (weight, bias) in enumerate(zip(step.weights, step.biases, strict=True)):
            h = h @ weight[i, :i] + bias[i] if layer == 0 else torch.tanh(h) @ weight[i] + bias[i]
        expected.append(rational_quadratic(z[:, i], *h.split((16, 16, 15), 1), bound=3.0)[0])
    torch.testing.assert_close(step(z, hidden)[0], torch.stack(expected, 1))


def test_the_gate_of_a_new_step_keeps_most_of_z(points):
    torch.manual_seed(0)
    z, hidden = points(500)
    step = InverseAutoregressive(15, 3, 4, 330, reverse=False).double()
    mean_gate = torch.exp(step(z, hidden)[1] / 15).mean()
    assert 0.65 < mean_gate < 0.8  # sigmoid(1) = 0.73


@pytest.mark.parametrize("dilation", [1, 2, 4, 8])
def test_the_convolution_is_torchs_padded_on_the_right(dilation, points):
    torch.manual_seed(dilation)
    z, hidden = points()
    layer = DilatedConvolution(15, 7, dilation).double()
    kernel = torch.zeros(1, 1, 7, dtype=torch.float64)
    kernel[0, 0, : len(layer.weight)] = layer.weight.detach()
    padded = torch.nn.functional.pad(z, (0, 6 * dilation))[:, None]
    inner = torch.nn.functional.conv1d(padded, kernel, layer.bias, dilation=dilation)[:, 0]
    bent = torch.nn.functional.leaky_relu(inner, 0.01)
    scaled = (layer(z, hidden)[0] - z) / bent
    torch.testing.assert_close(scaled, scaled[:1].expand_as(scaled))  # one u for all events
    assert (scaled[0] * layer.weight[0] > -1).all()
    assert (scaled[0] * layer.u > 0).all()
