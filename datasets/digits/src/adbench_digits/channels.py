"""Channels: which digit is background, which are known beforehand, which are to be found.

``bkg5``: 5 is background, each other digit is a signal. ``bkg5_proxy7_anomaly9``: 7 is known beforehand, 9 is to be
found. ``bkg5_proxy7x25_anomaly9``: of what is taken for 7, 25 % are 7 and 75 % are 0 (arXiv:2011.03550, section 2).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CHANNELS", "Channel"]


@dataclass(frozen=True, slots=True)
class Channel:
    """One choice of digits.

    Attributes:
        background: the digit that is learned.
        proxy: the only digit that is known beforehand; None: all that are to be found, each with half of its images.
        percent: how many of a hundred proxy images show the proxy; the others show 0.
        anomaly: the only digit to be found; None: all but the background.
    """

    background: int
    proxy: int | None = None
    percent: int = 100
    anomaly: int | None = None

    @property
    def name(self) -> str:
        """As on the command line."""
        if self.proxy is None:
            return f"bkg{self.background}"
        share = "" if self.percent == 100 else f"x{self.percent}"
        return f"bkg{self.background}_proxy{self.proxy}{share}_anomaly{self.anomaly}"

    @property
    def signals(self) -> tuple[str, ...]:
        """Names of the digits to be found."""
        digits = range(10) if self.anomaly is None else (self.anomaly,)
        return tuple(f"digit_{digit}" for digit in digits if digit != self.background)

    @property
    def words(self) -> str:
        """The choice in words."""
        if self.proxy is None:
            return f"{self.background} is background; each other digit is a signal"
        mixed = "" if self.percent == 100 else f" ({self.percent} % of it, the rest is 0)"
        return (
            f"{self.background} is background, {self.proxy} is known beforehand{mixed}, {self.anomaly} is to be found"
        )


CHANNELS = {
    channel.name: channel
    for channel in (
        *(Channel(digit) for digit in range(10)),
        *(Channel(5, 7, percent, 9) for percent in (100, 75, 50, 25, 10, 0)),
    )
}
"""By name; those with a proxy are the paper's."""
