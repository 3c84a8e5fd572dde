"""A new plugin distribution from templates: written whole or not at all."""

from __future__ import annotations

import keyword
import re
import sys
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from adbench import __version__
from adbench.api.errors import MissingError, UsageError

__all__ = ["KINDS", "write_plugin"]

KINDS = ("detector", "dataset", "metric")
"""What a plugin can be made for."""

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST = 50  # characters


def write_plugin(kind: str, name: str, parent: Path) -> list[Path]:
    """Write the folder of a distribution that offers one component; return its files.

    Args:
        kind: one of `KINDS`.
        name: of the component, such as ``my_idea``; the package is ``adbench_my_idea``, the folder ``my_idea``.
        parent: folder that the new one is made in.

    Raises:
        UsageError: the name is no name of a module, or the folder is there already.
        MissingError: the folder cannot be written.
    """
    from jinja2 import Environment, StrictUndefined

    from adbench.runs.files import aside, becomes, remove

    _check(name)
    folder = parent / name
    if folder.exists():
        msg = f"{folder} is there already; choose another name, or another place with --into DIR"
        raise UsageError(msg)
    words = {
        "name": name,
        "kind": kind,
        "package": f"adbench_{name}",
        "distribution": f"adbench-{name.replace('_', '-')}",
        "title": "".join(part.capitalize() for part in name.split("_")),
        "adbench": f">={'.'.join(__version__.split('.')[:2])},<{_next_minor(__version__)}",
    }
    environment = Environment(keep_trailing_newline=True, undefined=StrictUndefined, autoescape=False)
    work = aside(folder)
    try:
        for place, template in [*_templates("common"), *_templates(kind)]:
            path = work / environment.from_string(place.removesuffix(".jinja")).render(words)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(environment.from_string(template.read_text(encoding="utf-8")).render(words), "utf-8")
        if not becomes(work, folder):
            msg = f"{folder} is there already; choose another name, or another place with --into DIR"
            raise UsageError(msg)
    except OSError as error:
        msg = f"{folder} cannot be written: {error.strerror}; choose another place with --into DIR"
        raise MissingError(msg) from error
    finally:
        remove(work)
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _check(name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST or keyword.iskeyword(name):
        msg = f"'{name[:_LONGEST]}' is no name of a plugin; use words of small letters and digits, such as my_idea"
        raise UsageError(msg)
    if name in sys.stdlib_module_names:
        msg = f"'{name}' is a module of Python itself; choose another name, such as my_{name}"
        raise UsageError(msg)


def _next_minor(version: str) -> str:
    major, minor = (int(part) for part in version.split(".")[:2])
    return f"{major}.{minor + 1}"


def _templates(kind: str) -> list[tuple[str, Traversable]]:
    """Return the templates of a kind with their paths below it, whose names are templates too."""
    root = files("adbench.scaffold") / "templates" / kind

    def below(folder: Traversable, path: str) -> list[tuple[str, Traversable]]:
        found: list[tuple[str, Traversable]] = []
        for item in sorted(folder.iterdir(), key=lambda item: item.name):
            here = f"{path}{item.name}"
            found += below(item, f"{here}/") if item.is_dir() else [(here, item)]
        return found

    return below(root, "")
