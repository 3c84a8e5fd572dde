"""Events as tensors for a fit: all at once where they are few, from the memory map batch by batch where many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from adbench.api.events import Events

__all__ = ["AnySample", "Sample", "StreamedSample", "Tables", "sample_of"]

Tables = Callable[[Events], tuple[NDArray[np.generic], ...]]
"""What a network sees of events: arrays of shape (n, ...), row i of each made from event i alone."""

_LARGEST = 2**28  # bytes that a sample may take as tensors


@dataclass(frozen=True, slots=True)
class Sample:
    """Events as tensors on the device.

    Attributes:
        tensors: each of shape (n, ...); handed to the loss together.
        weights: (n,), event weights.
    """

    tensors: tuple[Tensor, ...]
    weights: Tensor

    def __len__(self) -> int:
        return len(self.weights)

    def take(self, chosen: Tensor) -> tuple[Tensor, ...]:
        """Return the rows of some events, by index."""
        return tuple(tensor[chosen] for tensor in self.tensors)

    def to(self, device: torch.device | str) -> Sample:
        """Return the sample on a device."""
        return Sample(tuple(tensor.to(device) for tensor in self.tensors), self.weights.to(device))


@dataclass(frozen=True, slots=True)
class StreamedSample:
    """Events that become tensors when a batch asks for them, so that memory does not grow with their number.

    Attributes:
        events: usually in memory-mapped files.
        tables: makes the arrays of a batch.
        weights: (n,), event weights, on the device.
    """

    events: Events
    tables: Tables
    weights: Tensor

    def __len__(self) -> int:
        return len(self.weights)

    def take(self, chosen: Tensor) -> tuple[Tensor, ...]:
        """Return the rows of some events, by index."""
        tables = self.tables(self.events[chosen.cpu().numpy()])
        return tuple(torch.from_numpy(table).to(self.weights.device) for table in tables)

    def to(self, device: torch.device | str) -> StreamedSample:
        """Return the sample with its batches on a device."""
        return StreamedSample(self.events, self.tables, self.weights.to(device))


AnySample = Sample | StreamedSample


def sample_of(events: Events, tables: Tables, device: torch.device, largest: int = _LARGEST) -> AnySample:
    """Return events as a sample for `adbench.torchkit.fit`; both kinds give a fit the same numbers.

    Args:
        events: what to learn from.
        tables: makes arrays of events; a function of a module or a method, where a fit uses several devices.
        device: where the tensors belong.
        largest: bytes that all tensors together may take; larger samples are streamed.
    """
    weights = torch.tensor(events.weights, device=device)
    one = sum(table.nbytes for table in tables(events[:1]))
    if one * len(events) > largest:
        return StreamedSample(events, tables, weights)
    return Sample(tuple(torch.from_numpy(table).to(device) for table in tables(events)), weights)
