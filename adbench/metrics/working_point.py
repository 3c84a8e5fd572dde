"""A working point: a background efficiency, its name, and whether a sample can measure it."""

from __future__ import annotations

import re

from adbench.api.errors import UsageError
from adbench.metrics.sample import Ordered

__all__ = ["NEEDED", "WORKING_POINTS", "expected_background", "is_measured", "parse_efficiency", "written"]

WORKING_POINTS = (1e-2, 1e-3, 1e-4)  # of arXiv:2105.14027
NEEDED = 10.0  # background events expected above threshold, below which a working point is unmeasured


def parse_efficiency(text: float | str) -> float:
    """Return the background efficiency behind the ``@`` of a metric's name.

    Raises:
        UsageError: not a number between 0 and 1.

    Example:
        >>> parse_efficiency("1e-2")
        0.01
    """
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0.0 < value < 1.0:
        msg = f"'@{text}' is no background efficiency: it needs a number above 0 and below 1, such as @1e-2"
        raise UsageError(msg)
    return value


def written(efficiency: float) -> str:
    """Return the one way to write a background efficiency: ``1e-2``, ``5e-3``, but ``0.1``, ``0.25``.

    Example:
        >>> [written(x) for x in (0.01, 0.1, 0.025, 1e-4)]
        ['1e-2', '0.1', '0.025', '1e-4']
    """
    scientific = re.fullmatch(r"(\d)e-0*(\d+)", f"{efficiency:e}".replace(".000000", ""))
    if scientific and efficiency < 0.1 and float(f"{scientific[1]}e-{scientific[2]}") == efficiency:
        return f"{scientific[1]}e-{scientific[2]}"
    return repr(efficiency)


def expected_background(background: Ordered, efficiency: float) -> float:
    """Return the effective number of background events above the threshold; of the smallest fold, if there are folds.

    With folds each trained model sets its own threshold on its own background, so the smallest one decides.
    """
    return efficiency * background.smallest_fold


def is_measured(background: Ordered, efficiency: float) -> bool:
    """Tell whether at least 10 background events are expected above the threshold."""
    return expected_background(background, efficiency) >= NEEDED * (1.0 - 1e-9)
