"""The weight that stands for a squared amplitude: the same in whatever order the gluinos are named.

It is not that of QCD, but has its features: a colour order is likely when its neighbours are close in phase space,
and helicities follow angles and energies. All factors are simple enough for exact probabilities of the labels.

* Colour order: gluon 1 stands first; gluon 2 and the n gluinos stand behind it in one of (n + 1)! orders, on a
  circle of n + 2. f(order) = product over neighbours i, j of s / (2 p_i p_j).
* Helicities: those of the gluons are +1 or -1, all four pairs alike. A gluino has helicity h with probability
  (1 + 0.8 h u) / 2, where u = (h_1 - h_2) / 2 p_z / E for opposite gluons, and u = h_1 (n E / sqrt(s) - 1), cut
  to [-1, 1], for equal ones.

The weight of the momenta is the sum of f over all orders; the helicities add up to 1.
"""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["COUPLING", "Labels", "colour_places", "colour_weights", "draw_labels", "log_label_probability"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = tuple[Ints, Ints, Ints]
"""Helicities of the gluons, (events, 2), and of the gluinos, (events, n), +1 or -1; places of the gluinos, 1 to n + 1,
in the colour order, (events, n). Gluon 1 is at place 0, gluon 2 at the one that is left."""

COUPLING = 0.8


@cache
def _orders(n: int) -> tuple[tuple[int, ...], ...]:
    """Return all orders as particles on the circle: 0 and 1 are the gluons, 2 to n + 1 the gluinos."""
    return tuple((0, *rest) for rest in itertools.permutations(range(1, n + 2)))


@cache
def colour_places(n: int) -> Ints:
    """Return the places of the n gluinos in each order, ((n + 1)!, n)."""
    return np.array([[order.index(i) for i in range(2, n + 2)] for order in _orders(n)], np.int64)


def colour_weights(momenta: Floats) -> Floats:
    """Return f of every colour order, (events, (n + 1)!), for massive momenta (events, n, 4)."""
    events, n, _ = momenta.shape
    energy = momenta[..., 0].sum(axis=-1)
    gluons = 0.5 * energy[:, None, None] * np.array([[-1.0, 0, 0, -1.0], [-1.0, 0, 0, 1.0]])  # all outgoing
    metric = np.array([1.0, -1.0, -1.0, -1.0])
    everyone = np.concatenate([np.broadcast_to(gluons, (events, 2, 4)), momenta], axis=1)
    products = np.abs(2 * np.einsum("bik,k,bjk->bij", everyone, metric, everyone))
    diagonal = np.arange(n + 2)
    products[:, diagonal, diagonal] = 1
    propagators = energy[:, None, None] ** 2 / products
    weights = np.empty((events, len(_orders(n))))
    for place, order in enumerate(_orders(n)):
        total = propagators[:, order[-1], order[0]]
        for one, other in itertools.pairwise(order):
            total = total * propagators[:, one, other]
        weights[:, place] = total
    return weights


def draw_labels(momenta: Floats, rng: np.random.Generator) -> Labels:
    """Return labels of each event, drawn given its momenta."""
    events, n, _ = momenta.shape
    weights = colour_weights(momenta).cumsum(axis=1)
    order = (weights < rng.uniform(size=(events, 1)) * weights[:, -1:]).sum(axis=1)
    gluons = 2 * rng.integers(0, 2, (events, 2)) - 1
    up = rng.uniform(size=(events, n)) < 0.5 * (1 + COUPLING * _alignment(momenta, gluons))
    return gluons, np.where(up, 1, -1), colour_places(n)[order]


def log_label_probability(momenta: Floats, labels: Labels) -> Floats:
    """Return log P(labels | momenta), (events,); -inf for places that belong to no order."""
    gluons, gluinos, places = labels
    n = momenta.shape[1]
    helicities = 0.5 * (1 + COUPLING * gluinos * _alignment(momenta, gluons))
    codes = (n + 2) ** np.arange(n)
    order = {int(code): index for index, code in enumerate(colour_places(n) @ codes)}
    index = np.array([order.get(int(code), -1) for code in places @ codes], np.int64)
    weights = colour_weights(momenta)
    chosen = np.where(index >= 0, weights[np.arange(len(index)), index], 0)
    with np.errstate(divide="ignore"):
        colour = np.log(chosen) - np.log(weights.sum(axis=1))
    log_p: Floats = np.log(0.25) + np.log(helicities).sum(axis=1) + colour
    return log_p


def _alignment(momenta: Floats, gluons: Ints) -> Floats:
    """Return u of each gluino, (events, n)."""
    n, energy = momenta.shape[1], momenta[..., 0].sum(axis=-1)
    opposite = 0.5 * (gluons[:, :1] - gluons[:, 1:]) * momenta[..., 3] / momenta[..., 0]
    equal = gluons[:, :1] * np.clip(n * momenta[..., 0] / energy[:, None] - 1, -1, 1)
    return np.where(gluons[:, :1] == gluons[:, 1:], equal, opposite)
