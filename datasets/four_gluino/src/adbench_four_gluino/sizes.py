"""Editions, and the channels in which a detector learns from only the first events."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BASES", "EDITIONS", "Sizes", "channels_of", "parsed"]

BASES = ("momenta", "labels", "mixed")
"""Four gluinos' directions alone; with helicities and colours; two and four gluinos without them."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Numbers of events of an edition.

    Attributes:
        train: to learn from.
        validation: for early stopping.
        test: of test background.
        signal: of each signal.
    """

    train: int
    validation: int
    test: int
    signal: int


EDITIONS = {
    "sample": Sizes(30_000, 5_000, 20_000, 10_000),
    "paper": Sizes(1_000_000, 100_000, 100_000, 100_000),
}

_STEPS = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000)


def channels_of(train: int, bases: tuple[str, ...] = BASES) -> tuple[str, ...]:
    """Return the channels of an edition with this many training events.

    Example:
        >>> channels_of(5_000)
        ('momenta', 'momenta_1k', 'momenta_3k', 'labels', 'mixed')
    """
    smaller = tuple(f"momenta_{size // 1000}k" for size in _STEPS if size < train)
    return tuple(channel for base in bases for channel in (base, *(smaller if base == "momenta" else ())))


def parsed(channel: str) -> tuple[str, int | None]:
    """Return the base of a channel and how many training events it is cut down to, None = all.

    Example:
        >>> parsed("momenta_3k"), parsed("mixed")
        (('momenta', 3000), ('mixed', None))
    """
    base, _, size = channel.partition("_")
    return base, int(size.removesuffix("k")) * 1000 if size else None
