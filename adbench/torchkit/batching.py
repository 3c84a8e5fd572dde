"""Events in batches of one size, so that neither memory nor scores depend on how many events there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from adbench.api.events import Events

__all__ = ["batch_on", "batches", "blocks", "score_in_batches"]

_OF_GPU = 16


def batches(events: Events, size: int) -> Iterator[Events]:
    """Yield consecutive batches of exactly `size` events; the last one is filled up with copies of the last event.

    A full batch is a slice, so events in memory-mapped files are read as they are needed. Matrix products of
    another shape would round differently: with batches of one size an event's result is the same wherever it stands.
    """
    whole = len(events) - len(events) % size
    for start in range(0, whole, size):
        yield events[start : start + size]
    if whole < len(events):
        yield events[np.minimum(np.arange(whole, whole + size), len(events) - 1)]


def batch_on(device: torch.device, of_core: int) -> int:
    """Return how many events to score at once: what the caches of a core hold, and on a GPU 16 times as many.

    A GPU spends small batches on starting kernels.
    """
    return of_core if device.type == "cpu" else _OF_GPU * of_core


def blocks(events: Events, size: int = 16_384) -> Iterator[Events]:
    """Yield consecutive events, `size` at a time, the last block shorter: for sums over a large sample."""
    for start in range(0, len(events), size):
        yield events[start : start + size]


def score_in_batches(
    events: Events, size: int, names: Sequence[str], score: Callable[[Events], Mapping[str, Tensor]]
) -> dict[str, NDArray[np.float32]]:
    """Return float32 (n,) arrays by name: what `score` gives for each batch, joined, without gradients.

    Args:
        events: any number of events, none included.
        size: events per batch.
        names: the names of the scores, in order.
        score: gets `size` events, returns a tensor of shape (size,) for each name.
    """
    parts: dict[str, list[Tensor]] = {name: [torch.empty(0)] for name in names}
    with torch.inference_mode():
        for batch in batches(events, size):
            values = score(batch)
            for name in names:
                parts[name].append(values[name].to("cpu", torch.float32))
    return {name: torch.cat(values)[: len(events)].numpy() for name, values in parts.items()}
