"""Events as sets: the hardest objects, seen from the direction of the missing momentum."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from adbench.api import Events, observables
from adbench_flow_vae.representation import ALL_OBJECTS, check_features, checked_kinds, hardest_first

__all__ = ["KINDS", "SLOTS", "EventSet", "of_tensors", "tables"]

_Number = TypeVar("_Number", bound=np.generic)

SLOTS = 20
"""Objects of an event that the networks see, hardest first; all objects are counted."""

KINDS = tuple(name for name, _ in ALL_OBJECTS)


class EventSet(NamedTuple):
    """A batch of events.

    Attributes:
        log_pt: (B, SLOTS), log(pT / GeV); 0 in empty slots, like the next three.
        eta: (B, SLOTS), pseudorapidity.
        phi: (B, SLOTS), azimuth from the missing momentum, in [-pi, pi): no event depends on its orientation.
        log_mass: (B, SLOTS), log(1 + m / GeV).
        kind: int64 (B, SLOTS), 0 = empty slot, else 1 + index into `KINDS`.
        numbers: (B, 7), how many objects of each kind the event has.
        log_met: (B,), log(1 + MET / GeV).
    """

    log_pt: Tensor
    eta: Tensor
    phi: Tensor
    log_mass: Tensor
    kind: Tensor
    numbers: Tensor
    log_met: Tensor


def tables(events: Events) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32]]:
    """Return objects, float32 (n, SLOTS, 4), kinds, int64 (n, SLOTS), and event numbers, float32 (n, 8).

    The columns are the first four and the last two fields of `EventSet`.

    Raises:
        UnsuitedError: the data set has no E, pt, eta, phi, met or met_phi, or a kind of object that is not in `KINDS`.
    """
    check_features(events.schema, ("met", "met_phi"))
    codes = checked_kinds(events.schema, KINDS)
    objects, kinds = hardest_first(events)
    objects, kinds = _first(objects, SLOTS), _first(codes[kinds], SLOTS)
    energy, pt, eta, phi = (objects[..., events.schema.object_index(name)] for name in ("E", "pt", "eta", "phi"))
    momentum = pt.astype(np.float64) * np.cosh(eta.astype(np.float64))
    mass = np.sqrt(np.maximum(energy.astype(np.float64) ** 2 - momentum**2, 0))
    turned = observables.delta_phi(phi, events.feature("met_phi")[:, None])
    columns = np.stack([np.log(np.maximum(pt, 1e-3)), eta, turned, np.log1p(mass)], axis=2) * (kinds > 0)[..., None]
    numbers = np.stack([(codes[events.kinds] == code).sum(axis=1) for code in range(1, len(KINDS) + 1)], axis=1)
    log_met = np.log1p(observables.missing_energy(events))
    return (
        np.asarray(columns, np.float32),
        kinds.astype(np.int64),
        np.column_stack([numbers, log_met]).astype(np.float32),
    )


def of_tensors(objects: Tensor, kinds: Tensor, numbers: Tensor) -> EventSet:
    """Return the batch whose `tables` these are."""
    log_pt, eta, phi, log_mass = objects.unbind(2)
    return EventSet(log_pt, eta, phi, log_mass, kinds, numbers[:, :-1], numbers[:, -1])


def _first(values: NDArray[_Number], slots: int) -> NDArray[_Number]:
    values = values[:, :slots]
    width = [(0, 0), (0, slots - values.shape[1]), *[(0, 0)] * (values.ndim - 2)]
    return np.pad(values, width)
