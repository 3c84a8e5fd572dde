"""Arrays that many are shown refuse to be written to: one that wrote would change what the others see."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

__all__ = ["read_only", "wrote_to_read_only"]


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Return a view of an array that cannot be written to; nothing is copied."""
    view = array.view()
    view.flags.writeable = False
    return view


def wrote_to_read_only(error: ValueError) -> bool:
    """Tell whether an error is the refusal of such an array; numpy's and Cython's have no type of their own."""
    return "read-only" in str(error)
