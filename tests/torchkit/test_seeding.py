from __future__ import annotations

import pytest
import torch

from adbench.api import MissingError, RunContext
from adbench.torchkit import device_of, generator, seeded


def drawn(seed: int, *purpose: str) -> torch.Tensor:
    return torch.randn(5, generator=generator(RunContext(seed=seed), *purpose))


def test_a_stream_belongs_to_seed_and_purpose():
    first = drawn(1, "batches")
    drawn(1, "loss")
    assert torch.equal(drawn(1, "batches"), first)
    assert not torch.equal(drawn(2, "batches"), first)
    assert not torch.equal(drawn(1, "loss"), first)


def test_networks_built_in_a_seeded_block_are_equal_and_the_global_generator_is_untouched():
    state = torch.random.get_rng_state()
    layers = []
    for _ in range(2):
        with seeded(RunContext(seed=7), "initialisation"):
            layers.append(torch.nn.Linear(4, 3))
    assert torch.equal(layers[0].weight, layers[1].weight)
    assert torch.equal(torch.random.get_rng_state(), state)
    with seeded(RunContext(seed=8), "initialisation"):
        assert not torch.equal(torch.nn.Linear(4, 3).weight, layers[0].weight)


def test_the_device_comes_with_the_threads_of_the_run():
    before = torch.get_num_threads()
    try:
        assert device_of(RunContext(threads=2)) == torch.device("cpu")
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("device", ["gpu", "cuda:99", "xpu:7"])
def test_a_device_that_is_not_there_is_named_with_a_way_out(device):
    with pytest.raises(MissingError, match=rf"device '{device}'.*--device cpu") as error:
        device_of(RunContext(device=device))
    assert "\n" not in str(error.value)
