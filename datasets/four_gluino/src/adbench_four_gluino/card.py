"""What the events are: names, schemas, channels, and how labels are written into `Events`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adbench.api import Events, EventSchema, Kind, Quantity
from adbench_four_gluino.amplitude import Labels
from adbench_four_gluino.phase_space import directions, massless

__all__ = ["LABELLED", "NAME", "PLAIN", "SUMMARY", "events_of", "labels_of", "with_labels", "without_labels"]

Floats = NDArray[np.float64]

NAME = "four_gluino"
SUMMARY = "gg to two and four gluinos: a density with a known answer (after arXiv:2205.01697, section 3)"

_PLACES = 5  # in the colour order of two gluons and four gluinos, behind the first gluon
_DIRECTION = (
    Quantity("cos_theta", "", r"$\cos\theta$"),
    Quantity("phi", "rad", r"$\phi$", periodic=True),
)
_PROCESSES = ("two gluinos", "four gluinos")

PLAIN = EventSchema(_DIRECTION, (Kind("g~", "gluino"),), processes=_PROCESSES, objects="gluino")
"""Directions alone."""

LABELLED = EventSchema(
    _DIRECTION,
    tuple(
        Kind(f"g~{sign}{place}", rf"$\tilde{{g}}^{sign}$ at place {place}")
        for sign in "-+"
        for place in range(1, _PLACES + 1)
    ),
    categories=(("gluon_helicities", 4),),
    processes=_PROCESSES,
    objects="gluino",
)
"""Directions, and what stands for the 64 helicities and 120 colour orders: of each gluino the sign of its helicity and
its place in the colour order, which go where the gluino goes; of the gluons their two helicities."""


def events_of(momenta: Floats, start: int, schema: EventSchema = PLAIN) -> Events:
    """Return events from massive momenta, (n, 2 or 4, 4): directions of the massless ones that belong to them.

    Two gluinos fly back to back, so the direction of the first is all there is: such an event has one object.
    """
    n, particles, _ = momenta.shape
    cosine, azimuth = directions(massless(momenta)[:, : 1 if particles == 2 else particles])
    kinds = np.ones(cosine.shape, np.int8)
    place = np.arange(start, start + n)
    aux = {"row": place, "source": place, "process": np.full(n, int(particles == 4), np.int16)}
    features = np.zeros((n, 0), np.float32)
    categories = np.zeros((n, len(schema.categories)), np.int32)
    return Events.build(schema, np.stack([cosine, azimuth], axis=2), kinds, features, categories, aux=aux)


def with_labels(events: Events, labels: Labels) -> Events:
    """Return four-gluino events with their labels."""
    gluons, gluinos, places = labels
    categories = (gluons[:, :1] > 0) * 2 + (gluons[:, 1:] > 0)
    kinds = (gluinos > 0) * _PLACES + places
    return Events.build(
        LABELLED, events.objects, kinds, events.features, categories, events.weights, events.aux
    )  # fmt: skip


def labels_of(events: Events) -> Labels:
    """Return the labels that `with_labels` wrote."""
    category = events.categories[:, 0].astype(np.int64)
    gluons = np.stack([category // 2, category % 2], axis=1) * 2 - 1
    kinds = events.kinds.astype(np.int64) - 1
    return gluons, np.where(kinds >= _PLACES, 1, -1), kinds % _PLACES + 1


def without_labels(events: Events) -> Events:
    """Return the directions alone."""
    kinds = np.minimum(events.kinds, 1)
    return Events.build(PLAIN, events.objects, kinds, events.features, None, events.weights, events.aux)
