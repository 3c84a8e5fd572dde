"""Events as a detector is shown them: arrays that refuse to be written to, for all samples of a run share them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from adbench.api.detector import Detector
from adbench.api.errors import DetectorError
from adbench.api.events import Events
from adbench.data.read_only import read_only, wrote_to_read_only
from adbench.runs.places import author_place

__all__ = ["COPY_FIRST", "ReadOnlyError", "shown", "write_refused"]

COPY_FIRST = "copy before you write: x = events.objects.copy()"
"""What mends a detector that writes to its events."""


class ReadOnlyError(DetectorError):
    """A detector wrote to the events that it was shown."""


def shown(events: Events) -> Events:
    """Return the events with read-only views of the same arrays, those of aux included; nothing is copied."""
    return replace(
        events,
        objects=read_only(events.objects),
        kinds=read_only(events.kinds),
        features=read_only(events.features),
        categories=read_only(events.categories),
        weights=read_only(events.weights),
        aux={name: read_only(array) for name, array in events.aux.items()},
    )


@contextmanager
def write_refused(detector: Detector, step: str) -> Iterator[None]:
    """Turn the refusal that a detector meets when it writes to its events into a ReadOnlyError that says what to do.

    Args:
        detector: whose step it is.
        step: what it does, ``fit`` or ``score``.
    """
    try:
        yield
    except ValueError as error:
        if not wrote_to_read_only(error):
            raise
        place = author_place(error, type(detector).__module__)
        at = f" ({place})" if place else ""
        msg = f"{type(detector).__name__}: {step} wrote to read-only events{at}: {error}; {COPY_FIRST}"
        raise ReadOnlyError(msg) from error
