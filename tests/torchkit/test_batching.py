from __future__ import annotations

import numpy as np
import pytest
import torch

from adbench.torchkit import batch_on, batches, score_in_batches


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 30])
def test_every_event_is_scored_once_and_every_batch_is_full(toy_events, n):
    events = toy_events(n)
    sizes = []

    def score(batch):
        sizes.append(len(batch))
        return {"ht": torch.from_numpy(batch.object("pt")).sum(1), "n": torch.from_numpy(batch.present).sum(1)}

    scores = score_in_batches(events, 8, ("n", "ht"), score)
    assert list(scores) == ["n", "ht"]
    np.testing.assert_allclose(scores["ht"], events.object("pt").sum(1), rtol=1e-6)
    np.testing.assert_array_equal(scores["n"], events.present.sum(1))
    assert sizes == [8] * -(-n // 8)
    assert all(values.dtype == np.float32 for values in scores.values())


def test_full_batches_are_views(toy_events):
    events = toy_events(20)
    first, second, last = batches(events, 8)
    assert np.shares_memory(first.objects, events.objects)
    assert np.shares_memory(second.objects, events.objects)
    np.testing.assert_array_equal(last.objects[:4], events.objects[16:])
    np.testing.assert_array_equal(last.objects[4:], np.repeat(events.objects[19:], 4, axis=0))


def test_no_gradients_are_kept(toy_events):
    weight = torch.ones(1, requires_grad=True)
    seen = []

    def score(batch):
        seen.append((torch.from_numpy(batch.object("pt")) * weight).sum(1))
        return {"score": seen[-1]}

    score_in_batches(toy_events(3), 2, ("score",), score)
    assert not any(values.requires_grad for values in seen)


def test_a_gpu_gets_more_events_at_once() -> None:
    assert batch_on(torch.device("cpu"), 128) == 128
    assert batch_on(torch.device("cuda:0"), 128) == 2048
