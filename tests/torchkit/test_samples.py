"""A streamed sample gives a fit the numbers of one that is all in memory."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from adbench.api import Events, RunContext
from adbench.torchkit import FitSettings, Sample, StreamedSample, fit, sample_of

CPU = torch.device("cpu")


def tables(events: Events) -> tuple[np.ndarray, ...]:
    return events.objects[:, 0], events.objects.sum(axis=(1, 2))[:, None]


@pytest.fixture
def events(toy_events) -> Events:
    return toy_events(50)


def test_few_events_are_kept_and_many_are_streamed(events):
    kept, streamed = sample_of(events, tables, CPU), sample_of(events, tables, CPU, largest=100)
    assert isinstance(kept, Sample)
    assert isinstance(streamed, StreamedSample)
    assert len(kept) == len(streamed) == 50
    chosen = torch.tensor([3, 40, 3, 0])
    for ours, theirs in zip(streamed.take(chosen), kept.take(chosen), strict=True):
        assert torch.equal(ours, theirs)
    assert torch.equal(streamed.to("cpu").take(chosen)[0], kept.take(chosen)[0])


def test_a_fit_does_not_see_the_difference(events):
    def fitted(largest: int) -> list[float]:
        torch.manual_seed(1)
        network = torch.nn.Linear(2, 1)
        loss = lambda batch, stream: (network(batch[0]) - batch[1])[:, 0] ** 2  # noqa: E731
        sample = sample_of(events, tables, CPU, largest=largest)
        return fit(network, loss, sample, sample, FitSettings(3, 8, 1e-3), RunContext()).validation

    assert fitted(0) == fitted(10**6)


def test_no_events_are_an_empty_sample(events):
    assert len(sample_of(events[:0], tables, CPU)) == 0
