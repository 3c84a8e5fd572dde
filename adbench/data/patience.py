"""How long to wait before a server is asked again: longer each time, never in step with others, as it asks itself."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

__all__ = ["Patience", "retry_after"]


@dataclass(frozen=True, slots=True)
class Patience:
    """Settings of retries.

    Attributes:
        attempts: failures in a row after which a server is given up; a failure that brought data begins anew.
        first: seconds before the second attempt; each further one waits twice as long.
        longest: most seconds of one wait of ours.
        longest_asked: most seconds that a server may ask for; above, it is given up at once.
        connect: seconds until a connection counts as failed.
        silence: seconds without a byte until a transfer counts as stalled.
        sleep: waits; replaced in tests.
        clock: seconds since 1970; replaced in tests.
    """

    attempts: int = 6
    first: float = 1.0
    longest: float = 60.0
    longest_asked: float = 900.0
    connect: float = 20.0
    silence: float = 60.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time

    def delay(self, failures: int) -> float:
        """Return seconds to wait after some failures in a row: between half and all of a doubling time.

        The random part keeps many clients of one broken server from coming back at the same moment.
        """
        return min(self.longest, self.first * 2.0 ** (failures - 1)) * random.uniform(0.5, 1.0)


def retry_after(text: str | None, now: float) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110, 10.2.3), None for none or a broken one.

    Args:
        text: of the header: seconds, or a date.
        now: seconds since 1970.

    Example:
        >>> retry_after("120", 0.0), retry_after("Thu, 01 Jan 1970 00:01:00 GMT", 50.0), retry_after("soon", 0.0)
        (120.0, 10.0, None)
    """
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except ValueError:
        return None
