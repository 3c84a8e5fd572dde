"""Which device a torch detector runs on."""

from __future__ import annotations

import torch

__all__ = ["best_device"]


def best_device() -> str:
    """Return ``cuda:0`` where a CUDA device is usable, else ``cpu``."""
    return "cuda:0" if torch.cuda.is_available() else "cpu"
