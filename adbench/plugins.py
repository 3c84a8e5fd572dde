"""Guarded plugin loading: one broken plugin is reported, and everything else keeps working.

pluggy's own entry-point loader has no guard: a plugin that raises at import would end every command. So the
entry points are loaded here one by one, and what went wrong is kept beside what works.
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from adbench.api import hookspecs
from adbench.api.errors import PluginError, close_matches
from adbench.pluginfiles import import_file, named_files

__all__ = ["GROUP", "SOURCE", "Plugin", "Plugins", "Problem", "load_plugins", "plugins"]

GROUP = "adbench"
SOURCE = "source "
"""What the version of a plugin begins with that is a file and not installed; a hash of the file follows."""

_OWN = "adbench-lhc"


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin that was loaded.

    Attributes:
        name: its entry point.
        distribution: the distribution that brought it.
        version: the distribution's version.
        module: the module that holds its hooks.
    """

    name: str
    distribution: str
    version: str
    module: Any

    @property
    def hooks(self) -> tuple[str, ...]:
        """Names of the hooks it implements."""
        return tuple(sorted(name for name in dir(self.module) if hasattr(getattr(self.module, name), "adbench_impl")))


@dataclass(frozen=True, slots=True)
class Problem:
    """A plugin, or a part of one, that could not be used.

    Attributes:
        name: the entry point.
        distribution: the distribution that brought it, with its version.
        reason: what is wrong, in one line.
        fix: what a user can do about it.
    """

    name: str
    distribution: str
    reason: str
    fix: str

    def __str__(self) -> str:
        return f"plugin '{self.name}' of {self.distribution}: {self.reason}. {self.fix}"


@dataclass(slots=True)
class Plugins:
    """All plugins found: those that work, and the problems of the others."""

    manager: pluggy.PluginManager
    loaded: list[Plugin] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def report(self, problem: Problem) -> None:
        """Keep a problem; raise it instead where ADBENCH_STRICT_PLUGINS asks for that."""
        if os.environ.get("ADBENCH_STRICT_PLUGINS") == "1":
            raise PluginError(str(problem))
        self.problems.append(problem)

    def trouble(self, name: str, hook: str, error: Exception) -> Problem:
        """Return the problem of a loaded plugin whose hook raised."""
        plugin = next(plugin for plugin in self.loaded if plugin.name == name)
        return Problem(name, _titled(plugin), f"its hook {hook} raised {_one_line(error)}", _ask_author(plugin))

    def register(self, name: str, module: ModuleType, distribution: str, version: str) -> None:
        """Add a module with hooks; a misspelt or malformed hook is a problem of that plugin alone."""
        plugin = Plugin(name, distribution, version, module)
        known = {spec for spec in vars(hookspecs) if spec.startswith("adbench_")}
        for hook in plugin.hooks:
            if hook not in known:
                near = close_matches(hook, known, most=1)
                hint = f"; did it mean {near[0]}" if near else ""
                self.report(Problem(name, _titled(plugin), f"it has an unknown hook {hook}{hint}", _ask_author(plugin)))
                return
        if not plugin.hooks:
            self.report(Problem(name, _titled(plugin), "it has no hooks marked with hookimpl", _ask_author(plugin)))
            return
        try:
            self.manager.register(module, name)
        except (pluggy.PluginValidationError, ValueError) as error:
            if self.manager.has_plugin(name):
                self.manager.unregister(name=name)
            self.report(Problem(name, _titled(plugin), _one_line(error), _ask_author(plugin)))
            return
        self.loaded.append(plugin)


def load_plugins() -> Plugins:
    """Find and load the plugins of all installed distributions, adbench's own first, then by name.

    ``ADBENCH_PLUGINS=a,b`` loads only these entry points (and adbench's own); ``ADBENCH_STRICT_PLUGINS=1``
    raises PluginError at the first problem. Files named by `adbench.registry.use_plugin_files` are loaded too.

    Raises:
        UsageError: a plugin file is not there or has a name that no module can have.
        PluginError: a plugin file cannot be imported or used; names file and line.
    """
    manager = pluggy.PluginManager("adbench")
    manager.add_hookspecs(hookspecs)
    found = Plugins(manager)
    wanted = os.environ.get("ADBENCH_PLUGINS")
    only = None if wanted is None else {name.strip() for name in wanted.split(",")}
    points = sorted(entry_points(group=GROUP), key=_order)
    own = sum(_origin(point)[0] == _OWN for point in points)
    _load_points(found, points[:own], None)
    _load_files(found)  # before installed ones: a file that is worked on goes before its installed edition
    _load_points(found, points[own:], only)
    return found


def _load_points(found: Plugins, points: list[EntryPoint], only: set[str] | None) -> None:
    for point in points:
        distribution, version = _origin(point)
        if only is not None and point.name not in only:
            continue
        try:
            module = point.load()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001  a plugin may raise anything, SystemExit included
            reason = f"importing {point.value} raised {type(error).__name__}: {_one_line(error)}"
            fix = f"Reinstall or remove it: pip uninstall {distribution}"
            found.report(Problem(point.name, f"{distribution} {version}", reason, fix))
            continue
        found.register(point.name, module, distribution, version)


def _load_files(found: Plugins) -> None:
    """Load the files that were named; the user asked for each, so what is wrong with one ends the command."""
    for path in named_files():
        module, digest = import_file(path)
        before = len(found.problems)
        found.register(module.__name__, module, Path(path).name, f"{SOURCE}{digest}")
        if len(found.problems) > before:
            msg = f"{path}: {found.problems[-1].reason}"
            raise PluginError(msg)


@functools.cache
def plugins() -> Plugins:
    """Return the plugins of this process, loaded once."""
    return load_plugins()


def _order(point: EntryPoint) -> tuple[bool, str, str]:
    distribution, _ = _origin(point)
    return (distribution != _OWN, distribution, point.name)


def _origin(point: EntryPoint) -> tuple[str, str]:
    return (point.dist.name, point.dist.version) if point.dist is not None else ("unknown distribution", "?")


def _titled(plugin: Plugin) -> str:
    return f"{plugin.distribution} {plugin.version}"


def _ask_author(plugin: Plugin) -> str:
    return f"Tell its author, or remove it: pip uninstall {plugin.distribution}"


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
