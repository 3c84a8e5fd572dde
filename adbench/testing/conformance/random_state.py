"""The global random generators that a plugin must leave alone, because other code draws from them too."""

from __future__ import annotations

import pickle
import random
import sys
from typing import Any

import numpy as np

__all__ = ["advance", "restore", "snapshot", "touched"]


def snapshot() -> dict[str, Any]:
    """Return the states of the global generators of Python, numpy and, where it is loaded, torch."""
    states: dict[str, Any] = {"random": random.getstate(), "numpy.random": np.random.get_state()}  # noqa: NPY002
    torch = sys.modules.get("torch")
    if torch is not None:
        states["torch"] = torch.get_rng_state().numpy().copy()
    return states


def touched(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the names of the generators whose states differ."""
    return [name for name, state in before.items() if pickle.dumps(state) != pickle.dumps(after[name])]


def restore(states: dict[str, Any]) -> None:
    """Give the generators these states back."""
    random.setstate(states["random"])
    np.random.set_state(states["numpy.random"])  # noqa: NPY002
    if "torch" in states:
        torch = sys.modules["torch"]
        torch.set_rng_state(torch.from_numpy(states["torch"].copy()))


def advance() -> None:
    """Draw from each generator, so that a detector that uses one gets other numbers than before."""
    random.random()
    np.random.random()  # noqa: NPY002
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.rand(1)
