"""Lookup of detectors, data sets, metrics, rankings and executors by name, over all plugins."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from adbench.api.errors import PluginError, UnknownNameError, UsageError
from adbench.api.specs import DatasetSpec, DetectorSpec, ExecutorSpec, MetricSpec, RankingSpec, Spec
from adbench.pluginfiles import name_files, named_files
from adbench.plugins import SOURCE, Plugin, Plugins, Problem, plugins
from adbench.specfaults import spec_fault

__all__ = ["Catalogue", "Registry", "build_catalogue", "catalogue", "use_plugin_files"]

S = TypeVar("S", bound=Spec)


@dataclass(slots=True)
class Registry(Generic[S]):
    """Components of one sort by name, each with the plugin that brought it."""

    kind: str
    listing: str
    specs: dict[str, S] = field(default_factory=dict)
    owners: dict[str, Plugin] = field(default_factory=dict)
    describe: Callable[[str], tuple[S, Plugin] | None] = lambda name: None

    def get(self, name: str) -> S:
        """Return a component, listed or described by its name; raise UnknownNameError with the nearest names."""
        if name not in self.specs and (described := self.describe(name)) is not None:
            self.specs[name], self.owners[name] = described
        if name not in self.specs:
            raise UnknownNameError(self.kind, name, self.specs, self.listing)
        return self.specs[name]

    def __iter__(self) -> Iterator[S]:
        return iter(self.specs[name] for name in sorted(self.specs))

    def __len__(self) -> int:
        return len(self.specs)


@dataclass(slots=True)
class Catalogue:
    """Everything that the installed plugins offer."""

    detectors: Registry[DetectorSpec]
    datasets: Registry[DatasetSpec]
    metrics: Registry[MetricSpec]
    rankings: Registry[RankingSpec]
    executors: Registry[ExecutorSpec]

    def metric(self, name: str) -> Any:
        """Return a metric by name; the number of a family follows ``@``, as in ``eps_s@1e-2``.

        Raises:
            UnknownNameError: there is no such metric or family.
            UsageError: the number is missing, superfluous or makes no sense.
            PluginError: the plugin's metric is none, or has another name than the one that was asked for.
        """
        family, at, number = name.partition("@")
        spec = self.metrics.specs.get(family)
        if spec is None or (at and not spec.parameter):
            offered = [known.name + ("@X" if known.parameter else "") for known in self.metrics]
            raise UnknownNameError("metric", name, offered, self.metrics.listing)
        if not spec.parameter:
            return self._checked(spec, name, spec.load())
        value = _number(number)
        if value is None:
            given = f", not {family}@{number}" if number else ""
            msg = f"metric '{family}' needs a {spec.parameter}, such as {family}@1e-2{given}"
            raise UsageError(msg)
        return self._checked(spec, name, spec.load()(value))

    def _checked(self, spec: MetricSpec, name: str, metric: Any) -> Any:
        """Return the metric; raise PluginError where figures would be kept and looked for under different names."""
        family, at, number = str(getattr(metric, "name", "")).partition("@")
        asked = _number(name.partition("@")[2])
        same = at and _number(number) == asked if spec.parameter else not at
        if family == spec.name and same and not isinstance(metric, type):
            return metric
        owner = self.metrics.owners[spec.name]
        given = "a class" if isinstance(metric, type) else f"{getattr(metric, 'name', None)!r} as its name"
        msg = (
            f"metric '{name}' of {owner.distribution} {owner.version}: {spec.target} gives {given}; "
            f"it has to give a metric whose attribute name is '{name}'"
        )
        raise PluginError(msg)

    def ranking(self, name: str) -> Any:
        """Return a ranking method by name; raise UnknownNameError."""
        return self.rankings.get(name).load()


def build_catalogue(found: Plugins) -> Catalogue:
    """Ask every plugin for its components; what breaks the contract becomes a problem of that plugin."""
    detectors = _collect(found, "detector", "adbench_detectors", DetectorSpec)
    detectors.describe = lambda name: _described(found, name)
    return Catalogue(
        detectors=detectors,
        datasets=_collect(found, "data set", "adbench_datasets", DatasetSpec),
        metrics=_collect(found, "metric", "adbench_metrics", MetricSpec),
        rankings=_collect(found, "ranking", "adbench_rankings", RankingSpec),
        executors=_collect(found, "executor", "adbench_executors", ExecutorSpec),
    )


@functools.cache
def catalogue() -> Catalogue:
    """Return the catalogue of this process, built once."""
    return build_catalogue(plugins())


def use_plugin_files(paths: Iterable[str | Path]) -> None:
    """Load Python files that are not installed as plugins, in this process and those that it starts.

    Raises:
        UsageError: a file is not there or has a name that no module can have.
        PluginError: a file cannot be imported, or describes its components wrongly; names the file.
    """
    if not name_files(paths):
        return
    plugins.cache_clear()
    catalogue.cache_clear()
    catalogue()  # asks the files for their components
    names = {Path(path).name: path for path in named_files()}
    for problem in plugins().problems:
        path = names.get(problem.distribution.partition(" ")[0])
        if path is not None:
            msg = f"{path}: {problem.reason}"
            raise PluginError(msg)


def _number(text: str) -> float | None:
    """Return a finite number; None where the text is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _collect(found: Plugins, kind: str, hook: str, spec_type: type[S]) -> Registry[S]:
    listing = f"adbench list {hook.removeprefix('adbench_')}"
    registry: Registry[S] = Registry(kind, listing)
    for plugin in found.loaded:
        if hook not in plugin.hooks:
            continue
        title = f"{plugin.distribution} {plugin.version}"
        fix = f"Tell its author, or remove it: pip uninstall {plugin.distribution}"
        try:
            returned = getattr(plugin.module, hook)()
            specs = returned if isinstance(returned, list) else [returned]
        except Exception as error:  # noqa: BLE001  whatever a plugin raises is its own problem
            found.report(found.trouble(plugin.name, hook, error))
            continue
        for spec in specs:
            if not isinstance(spec, spec_type):
                reason = f"its hook {hook} returned {spec!r}, which is no {spec_type.__name__}"
                found.report(Problem(plugin.name, title, reason, fix))
            elif (fault := spec_fault(kind, spec)) is not None:
                found.report(Problem(plugin.name, title, fault, fix))
            elif spec.name in registry.specs:
                owner = registry.owners[spec.name]
                reason = (
                    f"its {kind} '{spec.name}' repeats a name of {owner.distribution} {owner.version}, which keeps it"
                )
                of_file = owner.version.startswith(SOURCE)
                rename = f"Rename it in {owner.distribution}, unless the file is to stand for the installed {kind}"
                found.report(Problem(plugin.name, title, reason, rename if of_file else fix))
            else:
                registry.specs[spec.name] = spec
                registry.owners[spec.name] = plugin
    return registry


def _described(found: Plugins, name: str) -> tuple[DetectorSpec, Plugin] | None:
    """Return the detector that a plugin makes of a name, and that plugin."""
    hook = "adbench_detector_named"
    for plugin in found.loaded:
        if hook not in plugin.hooks:
            continue
        try:
            spec = getattr(plugin.module, hook)(name)
        except Exception as error:  # noqa: BLE001  whatever a plugin raises is its own problem
            found.report(found.trouble(plugin.name, hook, error))
            continue
        if isinstance(spec, DetectorSpec) and spec.name == name and spec_fault("detector", spec) is None:
            return spec, plugin
    return None
