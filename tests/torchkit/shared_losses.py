"""Losses that other processes can import."""

from __future__ import annotations

import atexit
import os
import signal

import torch
from torch import Tensor, nn, zeros_like

from adbench.api import DetectorError


def reconstruction(network: nn.Module, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
    """Squared distance of smeared events to what the network makes of them."""
    x, noise = batch
    return ((network(x + 0.1 * noise) - x) ** 2).mean(1)


def failing(network: nn.Module, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
    """Fails in the second process, and says which group it belongs to."""
    if torch.distributed.get_rank() == 1:
        msg = f"no events for me; group {os.getpgid(0)}"
        raise DetectorError(msg)
    return reconstruction(network, (*batch, zeros_like(batch[0])), stream)


def dying(network: nn.Module, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
    """Is killed in the second process."""
    if torch.distributed.get_rank() == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return reconstruction(network, (*batch, zeros_like(batch[0])), stream)


def aborting_at_the_end(network: nn.Module, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
    """Lets the interpreter of the second process abort once its part of the fit is done."""
    if torch.distributed.get_rank() == 1:
        atexit.unregister(os.abort)
        atexit.register(os.abort)
    return reconstruction(network, (*batch, zeros_like(batch[0])), stream)
