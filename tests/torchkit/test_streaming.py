from __future__ import annotations

import pickle

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from adbench.api import DetectorError, Events, RunContext
from adbench.torchkit import FitSettings, MappedSample, Sample, Standardiser, consecutive, fit
from adbench.torchkit.streaming import shuffled_rows


def stream(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@given(n=st.integers(1, 200), parts=st.integers(1, 40), block=st.integers(1, 30), window=st.integers(1, 5))
def test_every_row_comes_once_in_equal_batches(n: int, parts: int, block: int, window: int) -> None:
    parts = min(parts, n)
    batches = list(shuffled_rows(n, parts, stream(), block, window))
    assert [len(b) for b in batches] == [len(b) for b in torch.arange(n).tensor_split(parts)]
    assert sorted(torch.cat(batches).tolist()) == list(range(n))


def test_seed_and_epoch_decide_the_order() -> None:
    epochs = stream()
    first, second = (torch.cat(list(shuffled_rows(5000, 50, epochs, 16, 8))).tolist() for _ in range(2))
    again = torch.cat(list(shuffled_rows(5000, 50, stream(), 16, 8))).tolist()
    assert first == again
    assert first != second
    assert torch.cat(list(shuffled_rows(5000, 50, stream(1), 16, 8))).tolist() != first


def test_a_batch_comes_from_few_places_and_is_mixed_among_them() -> None:
    for batch in shuffled_rows(100_000, 500, stream(), 100, 10):
        blocks = set((batch // 100).tolist())
        assert 8 <= len(blocks) <= 20  # those of a window, or of two where one ends
        assert (batch.diff() == 1).sum() < 20


def test_small_samples_are_shuffled_uniformly() -> None:
    """Each of the six orders of three events is met equally often, within 4.5 sigma."""
    source, counts = stream(), dict[tuple[int, ...], int]()
    for _ in range(3000):
        order = tuple(torch.cat(list(shuffled_rows(3, 1, source))).tolist())
        counts[order] = counts.get(order, 0) + 1
    assert len(counts) == 6
    assert all(abs(n - 500) < 4.5 * np.sqrt(500 * 5 / 6) for n in counts.values())


class Centre(nn.Module):
    """One number; its squared distance to the data is smallest at their mean."""

    def __init__(self) -> None:
        super().__init__()
        self.at = nn.Parameter(torch.tensor(0.0))

    def loss(self, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
        return (batch[0] - self.at) ** 2


def leading_eta(events: Events) -> tuple[Tensor, ...]:
    return (torch.from_numpy(events.object("eta")[:, 0].copy()),)


@pytest.mark.parametrize("batch_size", [1000, 50])
def test_a_fit_from_the_map_is_that_from_memory(toy_events, batch_size: int) -> None:
    train, validation = toy_events(1000, 1), toy_events(300, 2)
    settings = FitSettings(epochs=60, batch_size=batch_size, learning_rate=0.01)
    found = []
    for mapped in (True, False):
        held = [Sample(leading_eta(events), torch.from_numpy(events.weights)) for events in (train, validation)]
        samples = [MappedSample(events, leading_eta) for events in (train, validation)] if mapped else held
        network = Centre()
        history = fit(network, network.loss, *samples, settings, RunContext(seed=3))
        found.append((network.at.item(), history.validation[-1]))
    exact = np.average(train.object("eta")[:, 0], weights=train.weights)
    assert found[0] == pytest.approx(found[1], abs=1e-5 if batch_size == 1000 else 2e-2)  # one batch has one order
    assert found[0][0] == pytest.approx(exact, abs=0.05)


def test_only_what_is_asked_for_is_read(toy_events) -> None:
    events, seen = toy_events(500), []

    def tensors(batch: Events) -> tuple[Tensor, ...]:
        seen.append(len(batch))
        return leading_eta(batch)

    network = Centre()
    settings = FitSettings(epochs=2, batch_size=64, learning_rate=0.1)
    fit(
        network, network.loss, MappedSample(events, tensors), MappedSample(events[:30], tensors), settings, RunContext()
    )
    assert set(seen) == {62, 63, 30}
    assert sum(seen) == 2 * 530


def test_events_without_weight_are_refused_and_several_devices_too(toy_events) -> None:
    network, settings = Centre(), FitSettings(epochs=1, batch_size=4, learning_rate=0.1)
    nothing = MappedSample(toy_events(0), leading_eta)
    with pytest.raises(DetectorError, match=r"cannot fit 0 training events of mean weight 0"):
        fit(network, network.loss, nothing, nothing, settings, RunContext())
    with pytest.raises(DetectorError, match=r"hold the events in a Sample, or take one device: --devices 1"):
        pickle.dumps(nothing)


def test_a_scaling_from_blocks_is_that_of_all_events(toy_events) -> None:
    events = toy_events(700, 4)
    for masked in (False, True):
        shape = (2,) if masked else (3, 2)
        whole = Standardiser(shape).fit(events.objects, events.weights, events.present if masked else None)
        blocks = Standardiser(shape).fit_blocks(
            lambda masked=masked: (
                (part.objects, part.weights, part.present if masked else None) for part in consecutive(events, 64)
            )
        )
        torch.testing.assert_close(blocks.mean, whole.mean, rtol=1e-6, atol=0)
        torch.testing.assert_close(blocks.deviation, whole.deviation, rtol=1e-6, atol=0)
    with pytest.raises(DetectorError, match="0 training events whose weights add up to 0"):
        Standardiser((3, 2)).fit_blocks(lambda: ())
