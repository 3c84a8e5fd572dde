"""How much of each process and slice belongs into a channel's sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class SliceYield:
    """What a slice has given so far for one channel: cross-section in pb (k factor included), counts.

    `accepted` of the `attempts` are inside the channel, `kept` of those are available: a generated event that is
    accepted in many of its passes is kept a few times only.
    """

    process: str
    name: str
    cross_section: float
    attempts: int
    accepted: int
    kept: int

    @property
    def luminosity(self) -> float:
        """Integrated luminosity [1/pb] for which the kept events suffice."""
        available = self.kept / self.accepted if self.accepted else 1.0
        return available * self.attempts / self.cross_section

    @property
    def accepted_cross_section(self) -> float:
        """Cross-section after the channel's cuts [pb]."""
        return self.cross_section * self.accepted / self.attempts


def accepted_cross_sections(yields: Sequence[SliceYield]) -> dict[str, float]:
    """Sum the cross-section after cuts [pb] per process."""
    total: dict[str, float] = {}
    for item in yields:
        total[item.process] = total.get(item.process, 0.0) + item.accepted_cross_section
    return total


def process_luminosities(
    cross_sections: Mapping[str, float],
    events: int,
    caps: Mapping[str, float],
    available: Mapping[str, float] | None = None,
) -> tuple[dict[str, float], float]:
    """Find the luminosity [1/pb] of each process in a sample of `events` events.

    All processes get the common luminosity L unless they are short of events (`available`, 1/pb) or capped to a share
    of the sample; L is such that the expected total is `events`. A limited process keeps one luminosity for all its
    slices, so its spectra stay right and only its share falls.

    Args:
        cross_sections: cross-section after cuts [pb] per process.
        events: size of the sample.
        caps: largest share of the sample, per process.
        available: luminosity [1/pb] generated, per process; unlimited by default.

    Returns:
        (luminosity per process, L).

    Raises:
        ValueError: if the limited processes cannot fill the sample.
    """
    present = {name: sigma for name, sigma in cross_sections.items() if sigma > 0.0}
    limits = {
        name: min(
            caps[name] * events / sigma if name in caps else np.inf,
            available[name] if available is not None else np.inf,
        )
        for name, sigma in present.items()
    }
    # Expected events grow piecewise linearly with L: fill processes in the order in which they saturate.
    filled, free = 0.0, sum(present.values())
    common = events / free if free else np.inf
    for name in sorted(limits, key=limits.__getitem__):
        common = (events - filled) / free if free > 0.0 else np.inf
        if common <= limits[name]:
            break
        filled += limits[name] * present[name]
        free -= present[name]
    else:
        if filled < events * (1.0 - 1e-9):
            raise ValueError(f"only {filled:.0f} of {events} events can be had from {', '.join(present)}")
        common = max(limits.values())
    return {name: min(common, limit) for name, limit in limits.items()}, float(common)


def event_counts(
    yields: Sequence[SliceYield], events: int, caps: Mapping[str, float]
) -> tuple[list[int], dict[str, float], float]:
    """Say how many accepted events to take from each slice, exactly `events` in all.

    Returns:
        (count per slice in the order of `yields`, luminosity [1/pb] per process, common luminosity [1/pb]).
    """
    available: dict[str, float] = {}
    for item in yields:
        if item.accepted:
            available[item.process] = min(available.get(item.process, np.inf), item.luminosity)
    luminosity, common = process_luminosities(accepted_cross_sections(yields), events, caps, available)
    expected = np.array([luminosity.get(y.process, 0.0) * y.accepted_cross_section for y in yields])
    counts = np.floor(expected + 1e-9).astype(np.int64)
    short = events - int(counts.sum())
    room = np.array([y.kept for y in yields]) - counts
    order = np.argsort(-np.where(room > 0, expected - counts, -1.0), kind="stable")
    counts[order[:short]] += 1
    return counts.tolist(), luminosity, common
