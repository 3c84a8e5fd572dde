"""Event observables that many detectors share, in GeV."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from adbench.api.events import Events

__all__ = ["delta_phi", "effective_mass", "missing_energy", "multiplicities", "scalar_sum"]


def missing_energy(events: Events) -> NDArray[np.float32]:
    """Return float32 (n,): missing transverse energy in GeV; raises UnknownNameError without feature ``met``."""
    return events.feature("met")


def scalar_sum(events: Events) -> NDArray[np.float32]:
    """Return float32 (n,): HT, the scalar sum of jet pT in GeV, b jets included (arXiv:2105.14027, section 2.1)."""
    jets = [kind.name for kind in events.schema.kinds if kind.jet]
    pt = events.object("pt") * events.of_kind(*jets)
    return np.asarray(pt.sum(axis=1, dtype=np.float64), np.float32)  # exact enough not to depend on empty slots


def effective_mass(events: Events) -> NDArray[np.float32]:
    """Return float32 (n,): m_eff = HT + MET in GeV (arXiv:2110.08508, section 2)."""
    return scalar_sum(events) + missing_energy(events)


def multiplicities(events: Events) -> NDArray[np.float32]:
    """Return float32 (n, n_kinds): how many objects of each kind an event holds."""
    counts = np.zeros((len(events), len(events.schema.kinds)), np.float32)
    for kind in range(len(events.schema.kinds)):
        counts[:, kind] = (events.kinds == 1 + kind).sum(axis=1)
    return counts


def delta_phi(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a - b as an angle in [-pi, pi), in rad.

    Example:
        >>> round(float(delta_phi(np.float32(3.0), np.float32(-3.0))), 4)
        -0.2832
    """
    return np.asarray((a - b + np.pi) % (2 * np.pi) - np.pi, np.float32)
