"""Signal among the background that a detector learns from, as in data that nobody can purify.

All signals of the channel contribute alike, from their prior halves; a run that is contaminated is measured on the
other halves, so no event is both learnt from and measured.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from adbench.api.errors import AdbenchError, UsageError
from adbench.api.events import Events

__all__ = ["TooFewSignalError", "contaminated", "parse_contaminations"]

_MOST = 0.5


class TooFewSignalError(AdbenchError):
    """The prior halves of the signals hold fewer events than the contamination needs."""


def parse_contaminations(text: str) -> tuple[float, ...]:
    """Return the shares of signal in ``"0.01"`` or ``"0,0.001,0.01"``.

    Raises:
        UsageError: the text is no list of distinct shares from 0 to below 0.5.
    """
    try:
        shares = tuple(float(part) for part in text.split(","))
    except ValueError:
        shares = ()
    if not shares or len(set(shares)) != len(shares) or not all(0 <= share < _MOST for share in shares):
        msg = f"contamination '{text}' is no list of distinct shares of signal from 0 to 0.5; write 0,0.001,0.01"
        raise UsageError(msg)
    return shares


def contaminated(background: Events, signals: Mapping[str, Events], share: float, seed: int, what: str) -> Events:
    """Return background with signal events behind it, such that they make the given share of all events.

    Args:
        background: events to learn from.
        signals: prior halves by name; each gives the same number of events, up to one.
        share: number of signal events over that of all, 0 to 0.5.
        seed: of the run; it draws which events.
        what: ``train`` or ``validation``; both may draw the same signal events, which are never measured.

    Raises:
        TooFewSignalError: a signal has too few events.
    """
    wanted = round(share * len(background) / (1 - share))
    if not wanted:
        return background
    if not signals:
        msg = f"contamination of {share:g}: the channel has no signal"
        raise TooFewSignalError(msg)
    parts = [background]
    for place, name in enumerate(sorted(signals)):
        events = signals[name]
        number = wanted // len(signals) + (place < wanted % len(signals))
        if number > len(events):
            msg = (
                f"contamination of {share:g} needs {number} events of {name} in its prior half, which has {len(events)}"
            )
            raise TooFewSignalError(msg)
        stream = np.random.default_rng([seed, place, len(what)])
        parts.append(events[np.sort(stream.choice(len(events), number, replace=False))])
    return Events.concatenate(parts)
