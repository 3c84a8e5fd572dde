from __future__ import annotations

import pytest
import torch
from adbench_flow_vae.conv import _SameConvolution
from torch import nn


@pytest.mark.parametrize("kernel", [(3, 4), (5, 1), (7, 1), (1, 1), (3, 3), (5, 2), (1, 9)])
@pytest.mark.parametrize("columns", [1, 2, 4])
def test_it_is_the_convolution_of_the_padded_image(kernel: tuple[int, int], columns: int) -> None:
    torch.manual_seed(0)
    convolution = _SameConvolution(3, 5, kernel).double()
    image = torch.randn(2, 3, 11, columns, dtype=torch.float64, requires_grad=True)
    rows, behind = kernel[0] // 2, kernel[1] // 2
    front = kernel[1] - 1 - behind  # TensorFlow's "same": of an odd number of zeros one more behind
    padded = nn.functional.pad(image, (front, behind, rows, rows))
    expected = nn.functional.conv2d(padded, convolution.weight, convolution.bias)
    found = convolution(image.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)

    weights = torch.randn_like(expected)
    wanted = torch.autograd.grad((expected * weights).sum(), [image, convolution.weight, convolution.bias])
    given = torch.autograd.grad((found * weights).sum(), [image, convolution.weight, convolution.bias])
    torch.testing.assert_close(given, wanted, rtol=1e-12, atol=1e-12)
