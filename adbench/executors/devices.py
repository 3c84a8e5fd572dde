"""The GPUs that this process may use, found without importing torch."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["gpus"]


def gpus() -> list[str]:
    """Return torch names of the NVIDIA GPUs of this machine: ``cuda:0``, ...; CUDA_VISIBLE_DEVICES limits them."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        number = len([part for part in visible.split(",") if part.strip() not in ("", "-1")])
    else:
        number = len([path for path in Path("/dev").glob("nvidia*") if path.name.removeprefix("nvidia").isdigit()])
    return [f"cuda:{index}" for index in range(number)]
