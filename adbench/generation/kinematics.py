"""Angles, distances, and pairs of things in the same event, on flat arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "delta_r", "pairs", "wrap_phi"]

Array = NDArray[Any]


def wrap_phi(phi: Array) -> Array:
    """Map angles to [-pi, pi)."""
    wrapped: Array = (phi + np.pi) % (2.0 * np.pi) - np.pi
    return wrapped


def delta_r(eta_a: Array, phi_a: Array, eta_b: Array, phi_b: Array) -> Array:
    """Distance sqrt(d eta^2 + d phi^2), periodic in phi."""
    distance: Array = np.hypot(eta_a - eta_b, wrap_phi(phi_a - phi_b))
    return distance


def pairs(event_a: Array, event_b: Array, n_events: int) -> tuple[Array, Array]:
    """List all (a, b) index pairs inside the same event; `event_b` must be ordered."""
    n_b = np.bincount(event_b, minlength=n_events)
    first_b = np.cumsum(n_b) - n_b
    repeats = n_b[event_a]
    index_a = np.repeat(np.arange(len(event_a)), repeats)
    within = np.arange(len(index_a)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    return index_a, first_b[event_a[index_a]] + within
