from __future__ import annotations

import zipfile

import numpy as np
import pytest
import torch
from torch import nn

from adbench.api import DetectorError
from adbench.torchkit import Standardiser, load_state, save_state


def network() -> nn.Module:
    return nn.Sequential(Standardiser((3,)), nn.Linear(3, 2), nn.BatchNorm1d(2))


def test_parameters_and_buffers_come_back_bit_by_bit(tmp_path):
    first, second = network(), network()
    first[0].fit(np.random.default_rng(0).normal(5, 2, (40, 3)), np.ones(40))
    first(torch.randn(10, 3))
    save_state(tmp_path / "weights.npz", first)
    load_state(tmp_path / "weights.npz", second)
    assert first.state_dict().keys() == second.state_dict().keys()
    for name, tensor in first.state_dict().items():
        assert torch.equal(tensor, second.state_dict()[name]), name


def test_a_network_that_is_read_back_is_set_to_evaluation(tmp_path):
    save_state(tmp_path / "weights.npz", nn.Sequential(nn.Linear(3, 2), nn.Dropout()))
    network = nn.Sequential(nn.Linear(3, 2), nn.Dropout())
    load_state(tmp_path / "weights.npz", network)
    assert not network.training
    assert not network[1].training


def test_the_file_holds_plain_arrays_and_no_pickle(tmp_path):
    save_state(tmp_path / "weights.npz", network())
    with zipfile.ZipFile(tmp_path / "weights.npz") as archive:
        assert all(name.endswith(".npy") for name in archive.namelist())
    with np.load(tmp_path / "weights.npz", allow_pickle=False) as stored:
        assert stored["1.weight"].shape == (2, 3)


def test_weights_of_another_network_are_refused_in_one_line(tmp_path):
    save_state(tmp_path / "weights.npz", nn.Linear(3, 2))
    for other in (nn.Linear(3, 5), network()):
        with pytest.raises(DetectorError, match=r"weights\.npz does not hold the weights of this") as error:
            load_state(tmp_path / "weights.npz", other)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [None, b"", b"not an archive", b"PK\x03\x04 cut off"])
def test_a_missing_or_broken_file_is_an_error(tmp_path, content):
    if content is not None:
        (tmp_path / "weights.npz").write_bytes(content)
    with pytest.raises(DetectorError, match=r"weights\.npz"):
        load_state(tmp_path / "weights.npz", nn.Linear(3, 2))


def test_pickled_objects_are_not_loaded(tmp_path):
    np.savez(tmp_path / "weights.npz", weight=np.array([{"a": 1}], dtype=object))
    with pytest.raises(DetectorError, match="allow_pickle"):
        load_state(tmp_path / "weights.npz", nn.Linear(3, 2))
