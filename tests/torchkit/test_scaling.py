from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.preprocessing import StandardScaler

from adbench.api import DetectorError
from adbench.torchkit import Standardiser


@pytest.fixture
def table() -> np.ndarray:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(200, 4, 3)) * [1.0, 50.0, 3.0] + [0.0, 400.0, -2.0]
    return (values * (rng.random((200, 4, 1)) < [[0.9], [0.7], [0.4], [0.1]])).astype(np.float32)


def test_every_column_is_scaled_as_scikit_learn_does_with_weights(table):
    weights = np.random.default_rng(1).uniform(0.1, 3, 200).astype(np.float32)
    reference = StandardScaler().fit(table.reshape(200, -1).astype(np.float64), sample_weight=weights)
    scaled = Standardiser((4, 3)).fit(table, weights)(torch.from_numpy(table))
    expected = reference.transform(table.reshape(200, -1).astype(np.float64)).reshape(table.shape)
    np.testing.assert_allclose(scaled.numpy(), expected, atol=2e-5)


def test_an_event_of_weight_two_counts_as_two_events(table):
    weights = np.ones(200, np.float32)
    weights[:50] = 2
    weighted = Standardiser((4, 3)).fit(table, weights)
    repeated = Standardiser((4, 3)).fit(np.concatenate([table, table[:50]]), np.ones(250, np.float32))
    torch.testing.assert_close(weighted.mean, repeated.mean)
    torch.testing.assert_close(weighted.deviation, repeated.deviation)


def test_with_a_mask_only_objects_count_and_slots_share_their_scale(table):
    present = table[:, :, 1] != 0
    weights = np.random.default_rng(1).uniform(0.1, 3, 200).astype(np.float32)
    scale = Standardiser((3,)).fit(table, weights, present)
    objects, w = table[present].astype(np.float64), np.repeat(weights, present.sum(1)).astype(np.float64)
    mean = np.average(objects, axis=0, weights=w)
    np.testing.assert_allclose(scale.mean, mean, rtol=1e-6)
    np.testing.assert_allclose(
        scale.deviation, np.sqrt(np.average((objects - mean) ** 2, axis=0, weights=w)), rtol=1e-6
    )
    padded = np.pad(table, ((0, 0), (0, 5), (0, 0)))
    again = Standardiser((3,)).fit(padded, weights, np.pad(present, ((0, 0), (0, 5))))
    torch.testing.assert_close(again.mean, scale.mean)


def test_a_constant_column_is_only_shifted():
    values = np.tile(np.float32([0.0, 3.0]), (50, 1))
    scaled = Standardiser((2,)).fit(values, np.ones(50, np.float32))(torch.tensor([[1.0, 5.0]]))
    assert scaled.tolist() == [[1.0, 2.0]]


def test_moments_do_not_depend_on_the_chunks_they_are_summed_in(table, monkeypatch):
    whole = Standardiser((4, 3)).fit(table, np.ones(200, np.float32))
    monkeypatch.setattr("adbench.torchkit.scaling._CHUNK", 7)
    pieces = Standardiser((4, 3)).fit(table, np.ones(200, np.float32))
    torch.testing.assert_close(whole.deviation, pieces.deviation)


@pytest.mark.parametrize("weights", [np.zeros(200, np.float32), np.full(200, -1, np.float32)])
def test_weights_without_a_positive_sum_are_an_error(table, weights):
    with pytest.raises(DetectorError, match="200 training events"):
        Standardiser((4, 3)).fit(table, weights)


def test_no_events_are_an_error():
    with pytest.raises(DetectorError, match="0 training events"):
        Standardiser((2,)).fit(np.zeros((0, 2), np.float32), np.zeros(0, np.float32))
