"""Progress as a run takes it, so that a report which a run would choke on is found by a check."""

from __future__ import annotations

import json

from adbench.testing.conformance.outcome import Fault

__all__ = ["Reports"]


class Reports:
    """Takes what `RunContext.progress` is called with, and keeps none of it."""

    def __call__(self, phase: str, step: int, total: int, **figures: float) -> None:
        """Raise Fault unless steps are whole numbers and figures are numbers."""
        try:
            json.dumps([phase, step, total, {name: float(value) for name, value in figures.items()}])
        except (TypeError, ValueError) as error:
            words = "".join(f", {name}={value!r}" for name, value in figures.items())
            fix = "report plain numbers: progress('fit', int(epoch), epochs, loss=float(loss))"
            raise Fault(f"progress({phase!r}, {step!r}, {total!r}{words}) raises {error}", fix) from None
