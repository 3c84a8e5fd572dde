"""Training events that stay in their memory map: a batch becomes tensors when its turn comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np
import torch
from torch import Tensor

from adbench.api.errors import DetectorError
from adbench.api.events import Events

__all__ = ["MappedSample", "consecutive", "shuffled_rows"]

BLOCK = 1_024  # events that lie side by side and are read together
WINDOW = 64  # blocks whose events are mixed with each other: 65,536 events


def consecutive(events: Events, size: int = 16 * BLOCK) -> Iterator[Events]:
    """Yield the events in order, at most `size` at once; the last part may be smaller."""
    for start in range(0, len(events), size):
        yield events[start : start + size]


def shuffled_rows(
    n: int, parts: int, stream: torch.Generator, block: int = BLOCK, window: int = WINDOW
) -> Iterator[Tensor]:
    """Yield the numbers 0 to n - 1, each once, in `parts` batches of equal size up to one, in another order each time.

    Blocks of neighbours are shuffled, and then the events of each `window` blocks among themselves. So a batch is
    drawn from a few places of the file and not from everywhere: memory is bounded, and a disk is read in pieces.
    With up to ``block * window`` events the order is uniform over all permutations.

    Args:
        n: number of events.
        parts: number of batches, at most n.
        stream: decides the order; one number is drawn from it, at once.
        block: events of a block.
        window: blocks that are mixed.
    """
    own = torch.Generator().manual_seed(int(torch.randint(2**62, (1,), generator=stream)))
    return _batches(n, parts, own, block, window)


def _batches(n: int, parts: int, own: torch.Generator, block: int, window: int) -> Iterator[Tensor]:
    sizes = [n // parts + (i < n % parts) for i in range(parts)]
    waiting, done = torch.empty(0, dtype=torch.int64), 0
    for places in torch.split(torch.randperm(-(-n // block), generator=own), window):
        rows = torch.cat([torch.arange(block * b, min(block * (b + 1), n)) for b in places.tolist()])
        waiting = torch.cat([waiting, rows[torch.randperm(len(rows), generator=own)]])
        while done < parts and len(waiting) >= sizes[done]:
            batch, waiting = waiting[: sizes[done]], waiting[sizes[done] :]
            yield batch
            done += 1


@dataclass(frozen=True, slots=True)
class MappedSample:
    """Events for `adbench.torchkit.fit` that are read from their memory map batch by batch.

    Memory is that of a batch and of the order of a window, whatever the number of events. The order of an epoch is
    that of `shuffled_rows`, another one than that of a `Sample` with the same events. One device only.

    Attributes:
        events: training or validation events, as the harness hands them over.
        tensors: gets a batch, returns the tensors (batch, ...) that the loss is called with.
        device: where the tensors go.
        divisor: of the weights.

    Example:
        ``torchkit.fit(network, loss, MappedSample(train, tensors), MappedSample(validation, tensors), ...)`` with
        ``def tensors(events): return (torch.from_numpy(rows(events)),)``
    """

    events: Events
    tensors: Callable[[Events], tuple[Tensor, ...]]
    device: torch.device | str = "cpu"
    divisor: float = 1.0

    def __len__(self) -> int:
        return len(self.events)

    def take(self, rows: Tensor) -> tuple[tuple[Tensor, ...], Tensor]:
        """Return the tensors and the weights of the chosen events, on the device."""
        chosen = self.events[rows.cpu().numpy()]
        tensors = tuple(tensor.to(self.device) for tensor in self.tensors(chosen))
        return tensors, torch.from_numpy(chosen.weights / np.float32(self.divisor)).to(self.device)

    def shuffled(self, parts: int, stream: torch.Generator) -> Iterator[Tensor]:
        """Yield the batches of an epoch; see `shuffled_rows`."""
        return shuffled_rows(len(self), parts, stream)

    def mean_weight(self) -> float:
        """Return the mean of the weights; 0 without events."""
        total = sum(float(part.weights.sum(dtype=np.float64)) for part in consecutive(self.events))
        return total / self.divisor / len(self) if len(self) else 0.0

    def scaled(self, divisor: float) -> MappedSample:
        """Return the sample with weights divided by a number."""
        return replace(self, divisor=self.divisor * divisor)

    def to(self, device: torch.device | str) -> MappedSample:
        """Return the sample for a device."""
        return replace(self, device=device)

    def __reduce__(self) -> NoReturn:
        msg = "a mapped sample cannot be sent to the processes of several devices; hold the events in a Sample, "
        raise DetectorError(msg + "or take one device: --devices 1")
