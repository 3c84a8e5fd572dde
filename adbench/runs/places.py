"""Where in an author's own code an error came from: the innermost frame is often that of a library."""

from __future__ import annotations

import os
import sys
import traceback

__all__ = ["author_place"]


def author_place(error: BaseException, module: str) -> str:
    """Return ``"file.py:12"``: the last line of a plugin's own code that had part in an error; empty where none had.

    Args:
        error: as it was caught.
        module: name of a module of the plugin; all of its top-level package is its own code.
    """
    top = sys.modules.get(module.partition(".")[0])
    folders = tuple(os.path.join(folder, "") for folder in getattr(top, "__path__", ()))  # noqa: PTH118  texts
    file = getattr(top, "__file__", None)
    places = [
        f"{os.path.basename(frame.filename)}:{frame.lineno}"  # noqa: PTH119
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == file or (folders and frame.filename.startswith(folders))
    ]
    return places[-1] if places else ""
