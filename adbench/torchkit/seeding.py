"""Where a detector's randomness and its arithmetic come from: seed, device and threads of the run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from adbench.api.context import RunContext
from adbench.api.errors import MissingError

__all__ = ["device_of", "generator", "seeded"]


def generator(context: RunContext, *purpose: str) -> torch.Generator:
    """Return a CPU generator for a named purpose; its stream does not depend on other purposes or calls."""
    return torch.Generator().manual_seed(_seed(context, *purpose))


@contextmanager
def seeded(context: RunContext, *purpose: str) -> Iterator[None]:
    """Make torch's global generators follow the run inside the block, and leave them as they were behind it.

    torch initialises layers from the one of the CPU, so networks are built in such a block; dropout draws from that of
    the device which it is on.

    Example:
        >>> with seeded(RunContext(seed=1), "initialisation"):
        ...     layer = torch.nn.Linear(2, 2)
    """
    gpu = torch.device(context.device).index or 0 if context.device.startswith("cuda") else None
    with torch.random.fork_rng(devices=[] if gpu is None else [gpu]):
        seed = _seed(context, *purpose)
        torch.default_generator.manual_seed(seed)
        if gpu is not None:
            with torch.cuda.device(gpu):
                torch.cuda.manual_seed(seed)
        yield


def device_of(context: RunContext) -> torch.device:
    """Return the device of the run, and give torch the run's number of threads.

    Raises:
        MissingError: the device is unknown to torch or not in this machine.
    """
    torch.set_num_threads(context.threads)
    try:
        device = torch.device(context.device)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).splitlines()[0]
        msg = f"torch cannot use device '{context.device}' here ({reason}); choose another: --device cpu"
        raise MissingError(msg) from error
    return device


def _seed(context: RunContext, *purpose: str) -> int:
    return int(context.rng("torch", *purpose).integers(2**63))
