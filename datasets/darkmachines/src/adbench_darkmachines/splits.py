"""Named divisions of one background file into training, validation and test background.

A division goes by the lines of the file, so that an event is in the same part with and without cuts; where copies
of one generated event share a source id, it goes by sources, so that copies are never on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from adbench.api.errors import DataError, UnknownNameError

__all__ = ["BY_PROCESS", "DEFAULT", "JAWAHAR_COUNTS", "K_FOLDS", "SPLITS", "Parts", "check_split", "divide"]

DEFAULT: Final = "80-10-10"
K_FOLDS: Final = "k-folds"


@dataclass(frozen=True, slots=True)
class Parts:
    """Which units (lines or sources, counted from 0) are in which part."""

    train: range
    validation: range
    test: range


def _tenths(channel: str, n: int) -> Parts:
    """First 80 % training, next 10 % validation, last 10 % test: the practice of arXiv:2105.14027, section 4.3."""
    return Parts(range(n * 8 // 10), range(n * 8 // 10, n * 9 // 10), range(n * 9 // 10, n))


JAWAHAR_COUNTS: Final[Mapping[str, tuple[int, int, int]]] = MappingProxyType(
    {
        "1": (193_800, 10_200, 10_000),
        "2a": (13_425, 707, 5_868),
        "2b": (238_450, 12_550, 89_000),
        "3": (7_100_934, 373_733, 1_025_333),
    }
)
"""Training, validation and test background of arXiv:2110.08508, Table 1."""


def _jawahar(channel: str, n: int) -> Parts:
    """Counts of arXiv:2110.08508, Table 1, in file order, the few lines beyond them unused.

    Which lines the authors drew is not published. A smaller file is refused, not scaled down.
    """
    train, validation, test = JAWAHAR_COUNTS[channel]
    needed = train + validation + test
    if n < needed:
        msg = f"split arxiv-2110.08508 of channel {channel} needs {needed:,} background events ({train:,} training, "
        msg += f"{validation:,} validation, {test:,} test); the file has {n:,}. Take another split: {DEFAULT}"
        raise DataError(msg)
    return Parts(range(train), range(train, train + validation), range(train + validation, needed))


def _verheyen(channel: str, n: int) -> Parts:
    """First 10 % test, next 10 % validation, rest training: arXiv:2205.01697."""
    return Parts(range(n * 2 // 10, n), range(n // 10, n * 2 // 10), range(n // 10))


_RULES: Final[Mapping[str, Callable[[str, int], Parts]]] = MappingProxyType(
    {DEFAULT: _tenths, "arxiv-2110.08508": _jawahar, "arxiv-2205.01697": _verheyen}
)
SPLITS: Final[Mapping[str, str]] = MappingProxyType(
    {
        DEFAULT: "first 80 % of the lines for training, next 10 % for validation, last 10 % for testing",
        "arxiv-2110.08508": "first lines in the counts of that paper's Table 1; needs the whole official file",
        "arxiv-2205.01697": "first 10 % of the lines for testing, next 10 % for validation, the rest for training",
        K_FOLDS: "every line is tested once, by the model of its fold; a tenth of the others is for validation",
    }
)
"""All divisions, the default one first, and what each means in a line."""

BY_PROCESS: Final = (DEFAULT, "arxiv-2205.01697")
"""Divisions by place, which divide every process in the same shares where processes are interleaved."""


def check_split(name: str) -> str:
    """Return the name of a split; raise UnknownNameError when there is none of that name."""
    if name not in SPLITS:
        raise UnknownNameError("split of darkmachines", name, SPLITS)
    return name


def divide(name: str, channel: str, n: int) -> Parts:
    """Return the parts of n units under a named split other than k-folds.

    Raises:
        DataError: a part would be empty, or the file has fewer events than the split's published counts.
    """
    parts = _RULES[name](channel, n)
    if not (parts.train and parts.validation and parts.test):
        msg = f"{n} background events of channel {channel} are too few for split {name}; at least 10 are needed"
        raise DataError(msg)
    return parts
