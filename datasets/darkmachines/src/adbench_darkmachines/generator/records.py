"""Reconstructed events as flat arrays: the form in which slices are stored, mixed and written."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from adbench.generation.kinematics import Array

DIGITS = 6  # significant digits of the CSV format


def as_written(values: Array) -> Array:
    """Round to the six significant digits of the CSV file, so that cuts see what a reader will see."""
    with np.errstate(divide="ignore"):
        exponent = np.floor(np.log10(np.abs(values)))
    scale = 10.0 ** (DIGITS - 1 - np.where(np.isfinite(exponent), exponent, 0.0))
    return np.round(values * scale) / scale


@dataclass(frozen=True, slots=True)
class Records:
    """Events with `counts[i]` objects each, stored one after the other; GeV and rad.

    `source` numbers the generated event: copies of one generated event share it. `label` says which of the process
    names the event has (wtop or wtopbar).
    """

    source: Array  # (n,)
    met: Array  # (n,)
    met_phi: Array  # (n,)
    counts: Array  # (n,)
    kinds: Array  # (sum of counts,)
    objects: Array  # (sum of counts, 4): E, pT, eta, phi
    label: Array  # (n,)

    def __len__(self) -> int:
        return len(self.met)

    def take(self, events: Array) -> Records:
        """Return the events of an index array, in its order."""
        events = np.asarray(events, dtype=np.int64)
        counts = self.counts[events]
        first = (np.cumsum(self.counts) - self.counts)[events]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        rows = np.repeat(first, counts) + within
        return Records(
            source=self.source[events],
            met=self.met[events],
            met_phi=self.met_phi[events],
            counts=counts,
            kinds=self.kinds[rows],
            objects=self.objects[rows],
            label=self.label[events],
        )

    def padded(self) -> tuple[Array, Array]:
        """Return (objects (n, slots, 4), kinds (n, slots)) with zeros in empty slots."""
        slots = int(self.counts.max(initial=1))
        filled = np.arange(slots) < self.counts[:, None]
        kinds = np.zeros((len(self), slots), dtype=np.int8)
        objects = np.zeros((len(self), slots, 4))
        kinds[filled] = self.kinds
        objects[filled] = self.objects
        return objects, kinds

    def labelled(self, source: Array, label: Array) -> Records:
        """Return the same events with other source numbers and process labels."""
        return replace(self, source=source, label=label.astype(np.int8))

    @classmethod
    def concatenate(cls, parts: list[Records]) -> Records:
        """Join lists of events in order."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))
