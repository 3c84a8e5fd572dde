"""Whose code raised: the plugin whose file is nearest to where an unexpected error came from."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

from adbench.plugins import Plugin, plugins

__all__ = ["raised_by"]


def raised_by(error: BaseException) -> str:
    """Return plugin, file and line of the innermost frame of an error that is a plugin's; empty where there is none.

    Frames of libraries and of adbench that lie deeper were called by that one: what it gave them is what they raised
    at. Where no frame is a plugin's, the error is adbench's own.
    """
    try:
        loaded = plugins().loaded
    except Exception:  # noqa: BLE001  it was the error: a second one would hide the first
        return ""
    roots = [(root, plugin) for plugin in loaded for root in _roots(plugin)]
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        file = Path(frame.filename)
        for root, plugin in roots:
            if file == root or root in file.parents:
                return f"plugin {plugin.distribution} {plugin.version}, {file}:{frame.lineno}"
    return ""


def _roots(plugin: Plugin) -> Iterator[Path]:
    """Yield the file of a plugin's module, or the folder of the package that it is in; nothing for one of adbench."""
    top = str(plugin.module.__name__).partition(".")[0]
    file = getattr(sys.modules.get(top), "__file__", None)
    if file and top != "adbench":
        yield Path(file).parent if Path(file).name == "__init__.py" else Path(file)
