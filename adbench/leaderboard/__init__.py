"""From stored runs to ranked tables, pages and figures; never needs a detector.

The package can be called: ``adbench.leaderboard("results")`` is `adbench.python.leaderboard`. It has the name that the
function should have, and Python puts a package that was imported in the place of the function.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

__all__: list[str] = []


class _CallablePackage(ModuleType):
    def __call__(self, *arguments: Any, **choices: Any) -> Any:
        """Return the board of stored runs, see `adbench.python.leaderboard`."""
        interface = importlib.import_module("adbench.python")  # by name: boards need nothing of it
        return interface.leaderboard(*arguments, **choices)


sys.modules[__name__].__class__ = _CallablePackage
