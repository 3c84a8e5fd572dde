"""Plugins that are a single Python file and not installed: ``adbench run -P my_file.py``.

The files in use stand in an environment variable, so that a process that this one starts has the same plugins.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import traceback
from collections.abc import Iterable
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from adbench.api.errors import PluginError, UsageError, close_matches

__all__ = ["VARIABLE", "import_file", "name_files", "named_files"]

VARIABLE = "ADBENCH_PLUGIN_FILES"
"""Environment variable: absolute paths, separated as in PATH."""


def named_files() -> tuple[str, ...]:
    """Return the absolute paths of the plugin files in use."""
    return tuple(path for path in os.environ.get(VARIABLE, "").split(os.pathsep) if path)


def name_files(paths: Iterable[str | Path]) -> bool:
    """Put files in use, for this process and those that it starts; tell whether there were new ones."""
    known = named_files()
    wanted = dict.fromkeys(str(Path(path).expanduser().resolve()) for path in paths)
    new = [path for path in wanted if path not in known]
    for path in new:
        if os.pathsep in path:
            msg = f"{path}: a plugin file's path holds no '{os.pathsep}'; move the file"
            raise UsageError(msg)
    if new:
        os.environ[VARIABLE] = os.pathsep.join([*known, *new])
    return bool(new)


def import_file(text: str) -> tuple[ModuleType, str]:
    """Import a plugin file under its own name, and return the module and a hash of its source (8 hex digits).

    Raises:
        UsageError: the file is not there, or its name cannot be a module's.
        PluginError: importing it failed; names file and line.
    """
    path = Path(text)
    try:
        source = path.read_bytes()
    except OSError as error:
        near = close_matches(path.name, [other.name for other in path.parent.glob("*.py")], most=1)
        hint = f". Did you mean {path.with_name(near[0])}?" if near else ""
        msg = f"plugin file {path} cannot be read: {error.strerror}{hint}"
        raise UsageError(msg) from error
    _check_name(path)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        msg = f"plugin file {path} is no Python file; its name ends with .py"
        raise UsageError(msg)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # before it runs: dataclasses and pickles look their module up by name
    try:
        spec.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a plugin may raise anything, SystemExit included
        del sys.modules[path.stem]
        msg = f"{path}:{_line(path, error)}: importing it raised {type(error).__name__}: {_first(error)}"
        raise PluginError(msg) from error
    return module, hashlib.sha256(source).hexdigest()[:8]


def _check_name(path: Path) -> None:
    """Refuse a name that is no module's, or another module's: importing by it would find the wrong one."""
    name = path.stem
    if path.suffix != ".py" or not name.isidentifier():
        msg = f"plugin file {path.name} has no name of a module; rename it, such as my_detector.py"
        raise UsageError(msg)
    loaded = sys.modules.get(name)
    if loaded is not None:
        taken = Path(getattr(loaded, "__file__", None) or "").resolve() != path
    else:
        taken = name in sys.stdlib_module_names or _is_library(name, path)
    if taken:
        msg = f"plugin file {path.name} has the name of another module, '{name}'; rename it, such as my_{name}.py"
        raise UsageError(msg)


def _is_library(name: str, path: Path) -> bool:
    """Tell whether the name is that of an installed module that is no plugin of adbench (a plugin gives way)."""
    found = importlib.util.find_spec(name)
    if found is None or (found.origin and Path(found.origin).resolve() == path):
        return False
    return name not in {point.value.partition(":")[0] for point in entry_points(group="adbench")}


def _line(path: Path, error: BaseException) -> int:
    """Return the last line of the file that had part in an error."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return error.lineno or 1
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return (lines[-1] if lines else 1) or 1


def _first(error: BaseException) -> str:
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return " ".join(text.split()) or type(error).__name__
