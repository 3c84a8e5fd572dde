"""The fault of a plugin that raised, in words that its author can act upon."""

from __future__ import annotations

from adbench.api import AdbenchError
from adbench.runs.places import author_place
from adbench.runs.shown import COPY_FIRST, ReadOnlyError
from adbench.testing.conformance.outcome import Fault

__all__ = ["fault_of"]


def fault_of(what: str, error: BaseException, module: str) -> Fault:
    """Return the Fault of a step that raised, which names the last line of the author's own code.

    Args:
        what: the step: "fit", "its parameters".
        error: as it was caught.
        module: of the plugin.
    """
    if isinstance(error, ReadOnlyError):  # it names step and line itself
        return Fault(str(error).removesuffix(f"; {COPY_FIRST}"), f"{COPY_FIRST}; arrays may be files of the data set")
    place = author_place(error, module)
    text = str(error) if isinstance(error, AdbenchError) else f"{type(error).__name__}: {error}"
    where, line = (f" ({place})", "that line") if place else ("", "it")
    return Fault(f"{what} raised {text}{where}", f"mend {line}; adbench --debug shows the traceback")
