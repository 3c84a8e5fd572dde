"""The files of one channel, by what they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from adbench_darkmachines.signals import PAIRS

__all__ = ["PARTS", "WHOLE", "ChannelFiles", "published_first"]

PARTS = ("train", "validation", "test")
WHOLE = "background"


@dataclass(slots=True)
class ChannelFiles:
    """The files of one channel.

    Attributes:
        background: ``train``, ``validation`` and ``test``; or one file ``background`` that is to be divided; or one
            file per process, each to be divided.
        signals: by name; the published ones first.
        unlabelled: events without labels, where there are any.
    """

    background: dict[str, Path] = field(default_factory=dict)
    signals: dict[str, Path] = field(default_factory=dict)
    unlabelled: Path | None = None

    def roles(self) -> dict[str, Path]:
        """Return all files by what they are, in a stable order."""
        named = {f"background/{part}": path for part, path in self.background.items()}
        named |= {f"signal/{name}": path for name, path in self.signals.items()}
        return named | ({} if self.unlabelled is None else {"unlabelled": self.unlabelled})


def published_first(channel: str, signals: Mapping[str, Path]) -> dict[str, Path]:
    """Return signals in the order of the card, then all others by name."""
    names = [name for name in PAIRS[channel] if name in signals]
    return {name: signals[name] for name in (*names, *sorted(set(signals) - set(names)))}
