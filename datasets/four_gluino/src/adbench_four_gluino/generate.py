"""Samples drawn from the known density: the same numbers for the same edition, part and signal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from adbench.api import Events
from adbench_four_gluino.amplitude import colour_places, draw_labels
from adbench_four_gluino.card import LABELLED, PLAIN, events_of, with_labels
from adbench_four_gluino.process import FOUR, P_FOUR, TWO

__all__ = ["VERSION", "generated"]

VERSION = 1
"""Raise it when the events change on purpose."""

_CHUNK = 10_000


def generated(edition: str, part: str, base: str, events: int) -> Iterator[Events]:
    """Yield the events of a part of an edition, in chunks that each have their own stream of random numbers.

    Args:
        edition: name of the edition.
        part: ``train``, ``validation``, ``test``, or ``flat``: flat phase space with labels by chance, the signal.
        base: ``labels`` for four gluinos with labels, ``mixed`` for as many pairs as fours, weighted by cross-section.
        events: how many.
    """
    for start in range(0, events, _CHUNK):
        rng = np.random.default_rng(_seed(edition, part, base, start))
        chunk = _labelled if base == "labels" else _mixed
        yield chunk(min(_CHUNK, events - start), start, part == "flat", rng)


def _labelled(n: int, start: int, flat: bool, rng: np.random.Generator) -> Events:
    momenta = FOUR.draw_flat(n, rng) if flat else FOUR.draw(n, rng)
    events = events_of(momenta, start, LABELLED)
    if flat:
        places = colour_places(4)[rng.integers(0, len(colour_places(4)), n)]
        return with_labels(events, (_signs((n, 2), rng), _signs((n, 4), rng), places))
    return with_labels(events, draw_labels(momenta, rng))


def _mixed(n: int, start: int, flat: bool, rng: np.random.Generator) -> Events:
    of_two = n // 2
    counts = {TWO: of_two, FOUR: n - of_two}
    drawn = {process: (process.draw_flat if flat else process.draw)(count, rng) for process, count in counts.items()}
    events = Events.concatenate([events_of(momenta, start, PLAIN) for momenta in drawn.values()])
    four = np.arange(n) >= of_two
    weights = np.where(four, P_FOUR * n / max(n - of_two, 1), (1 - P_FOUR) * n / max(of_two, 1))
    place = start + np.arange(n)
    aux = {**events.aux, "row": place, "source": place}
    mixed = Events.build(PLAIN, events.objects, events.kinds, events.features, None, weights, aux)
    return mixed[rng.permutation(n)]


def _signs(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.int64]:
    return 2 * rng.integers(0, 2, shape) - 1


def _seed(edition: str, part: str, base: str, start: int) -> int:
    text = f"four_gluino {VERSION} {edition} {part} {base} {start}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")
