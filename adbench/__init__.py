"""adbench: find out how good an anomaly detector for LHC events really is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adbench.python import dataset, detector, leaderboard, run

__all__ = ["dataset", "detector", "leaderboard", "run"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Return a function of the Python interface, imported when it is first asked for."""
    if name in __all__:
        from adbench import python

        return getattr(python, name)
    msg = f"module 'adbench' has no attribute '{name}'"
    raise AttributeError(msg)
