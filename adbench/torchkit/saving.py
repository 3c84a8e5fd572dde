"""Fitted networks as plain arrays in .npz files; nothing is ever unpickled."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
from torch import nn

from adbench.api.errors import DetectorError

__all__ = ["load_state", "save_state"]


def save_state(file: Path, network: nn.Module) -> None:
    """Write all parameters and buffers of a network, under their names, into one ``.npz`` file."""
    state = {name: tensor.detach().cpu().numpy() for name, tensor in network.state_dict().items()}
    with file.open("wb") as stream:
        np.savez(stream, **state)


def load_state(file: Path, network: nn.Module) -> None:
    """Fill a network of the same shape with the state that `save_state` wrote, and set it to evaluation as `fit` does.

    Raises:
        DetectorError: the file is missing, or holds the state of another network.
    """
    try:
        with np.load(file, allow_pickle=False) as stored:
            state = {name: torch.from_numpy(stored[name]) for name in stored.files}
        network.load_state_dict(state)
        network.eval()
    except (OSError, EOFError, ValueError, RuntimeError, BadZipFile) as error:
        reason = " ".join(str(error).split())
        msg = f"{file} does not hold the weights of this {type(network).__name__} ({reason}); fit it again"
        raise DetectorError(msg) from error
