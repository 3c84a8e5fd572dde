"""Typed errors of adbench, each with the exit code that the command line ends with.

A message is one line: the thing, the place, the nearest valid choice, the command that fixes it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "AdbenchError",
    "DataError",
    "DetectorError",
    "MissingError",
    "ParameterError",
    "PluginError",
    "ScoreError",
    "UnknownNameError",
    "UnsuitedError",
    "UsageError",
    "close_matches",
]


_ALIKE = 0.5  # share of matching letters from which a name is offered


class AdbenchError(Exception):
    """Base of every error that adbench raises on purpose."""

    exit_code = 1

    def __str__(self) -> str:
        return " ".join(super().__str__().splitlines())  # one line, whatever the names in it hold


class UsageError(AdbenchError):
    """The request itself is wrong: an unknown name, option or combination (exit code 2)."""

    exit_code = 2


class ParameterError(UsageError):
    """A detector parameter is unknown, of the wrong type or out of range (exit code 2)."""


class MissingError(AdbenchError):
    """Something needed is not there: no results yet, a package that is not installed (exit code 3)."""

    exit_code = 3


class DataError(AdbenchError):
    """A data file or folder breaks its format; names file and line (exit code 4)."""

    exit_code = 4


class PluginError(AdbenchError):
    """A plugin could not be loaded or broke its contract (exit code 3)."""

    exit_code = 3


class DetectorError(AdbenchError):
    """A detector broke its contract while training or scoring (exit code 1)."""


class ScoreError(DetectorError):
    """Scores are not one finite number per event (exit code 1)."""


class UnsuitedError(DetectorError):
    """Events lack what a detector is about; its run is skipped with this reason (exit code 1)."""


class UnknownNameError(UsageError):
    """A name that is not in a registry; the message holds the nearest valid names.

    Args:
        kind: what was looked for, in the user's words ("detector", "signal").
        name: the name that was given.
        known: all valid names.
        command: the command that lists them, if there is one.

    Example:
        >>> str(UnknownNameError("channel", "2c", ["1", "2a", "2b"]))
        "no channel '2c'. Did you mean 2a or 2b? All: 1, 2a, 2b"
    """

    def __init__(self, kind: str, name: str, known: Iterable[str], command: str = "") -> None:
        self.kind, self.name, self.known = kind, name, sorted(known)
        near = close_matches(name, self.known)
        parts = [f"no {kind} '{name}'."]
        if near:
            parts.append(f"Did you mean {' or '.join(near)}?")
        listing = command or ", ".join(self.known) or "none"
        parts.append(f"All: {listing}")
        super().__init__(" ".join(parts))


def close_matches(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """Return up to `most` names of `known` that resemble `name`, best first, ignoring case.

    Example:
        >>> close_matches("gcn_vae_housholder", ["gcn_vae_householder", "met"])
        ['gcn_vae_householder']
    """
    by_folded = {candidate.casefold(): candidate for candidate in sorted(known)}
    folded = name.casefold()
    matcher = difflib.SequenceMatcher(b=folded)
    scored = []
    for candidate, written in by_folded.items():
        matcher.set_seq1(candidate)
        if matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE:
            scored.append((-matcher.ratio(), written))
    return [written for _, written in sorted(scored)[:most]]
