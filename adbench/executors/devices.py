"""The GPUs that this process may use, found without importing torch."""

from __future__ import annotations

import os
import re
from pathlib import Path

from adbench.api.errors import MissingError, UsageError

__all__ = ["check_device", "gpus"]


def gpus() -> list[str]:
    """Return torch names of the NVIDIA GPUs of this machine: ``cuda:0``, ...; CUDA_VISIBLE_DEVICES limits them."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        number = len([part for part in visible.split(",") if part.strip() not in ("", "-1")])
    else:
        number = len([path for path in Path("/dev").glob("nvidia*") if path.name.removeprefix("nvidia").isdigit()])
    return [f"cuda:{index}" for index in range(number)]


def check_device(name: str) -> None:
    """Check a device before anything is launched.

    Raises:
        UsageError: it is no name of a device.
        MissingError: this machine has no such GPU.
    """
    found = re.fullmatch(r"auto|cpu|mps|cuda(?::(\d+))?", name)
    if found is None:
        msg = f"'{name}' is no device; write auto, cpu, mps or cuda:0"
        raise UsageError(msg)
    if name.startswith("cuda") and f"cuda:{found[1] or 0}" not in gpus():
        here = ", ".join(gpus()) or "no GPU"
        msg = f"no device '{name}' here ({here}); leave --device out or give --device cpu"
        raise MissingError(msg)
