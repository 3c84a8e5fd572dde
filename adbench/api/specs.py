"""What hooks return: light descriptions that name where the real thing lives. Importing them costs nothing."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, is_dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from adbench.api.errors import AdbenchError, PluginError, UnknownNameError, UsageError
from adbench.api.params import resolve

if TYPE_CHECKING:
    from adbench.api.dataset import Dataset, DatasetInfo, DatasetOptions

__all__ = ["DatasetSpec", "DetectorSpec", "ExecutorSpec", "MetricSpec", "RankingSpec", "Spec", "Supervision"]

Supervision = Literal["unsupervised", "semi-supervised", "supervised"]


def _supports_everything(info: DatasetInfo, channel: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A named component and where to import it from.

    Attributes:
        name: unique name on the command line.
        target: ``"package.module:Object"``, imported when the component is used and not before.
        summary: one line for listings.
    """

    name: str
    target: str
    summary: str = ""

    def load(self) -> Any:
        """Import and return the target; raise PluginError that names it when that fails."""
        return _load(self.name, self.target)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorSpec(Spec):
    """A detector.

    Attributes:
        reference: where the method is published, such as ``arXiv:2110.08508``.
        version: part of a run's identity; raise it when scores change on purpose.
        supervision: whether `fit` gets signal examples, and so in which class the entry is ranked.
        scores: names of the scores that `Detector.score` returns; the first is the leaderboard entry.
        params: fixed parameters of this detector, so that one class serves several names.
        presets: named changes of parameters; ``default`` runs in minutes on two cores, ``paper`` as published.
        requires: distributions it needs at run time, such as ``torch>=2.2``.
        preload: third-party modules that a run imports; the local executor imports them once for all runs.
        params_target: ``"module:Class"`` of the parameter dataclass, where importing `target` itself is slow;
            empty: the attribute ``Params`` of the target.
        gpu: whether a GPU makes it faster.
        tags: free words for filters.
        notes: what a user should know before reading its results, one sentence each.
        supports: returns None for yes, or why a channel of a data set cannot be used.
    """

    reference: str = ""
    version: int = 1
    supervision: Supervision = "unsupervised"
    scores: tuple[str, ...] = ("score",)
    params: Mapping[str, Any] = field(default_factory=dict)
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    requires: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()
    params_target: str = ""
    gpu: bool = False
    tags: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    supports: Callable[[DatasetInfo, str], str | None] = _supports_everything

    def obstacle(self, info: DatasetInfo, channel: str) -> str | None:
        """Return why a channel cannot be used, None where it can be; raise PluginError when `supports` cannot tell."""
        try:
            found: Any = self.supports(info, channel)  # what it is annotated with binds nobody
        except Exception as error:
            msg = f"supports of '{self.name}' raised {type(error).__name__}: {error} (channel {channel} of {info.name})"
            raise PluginError(msg) from error
        if found is not None and not isinstance(found, str):
            msg = f"supports of '{self.name}' returned {found!r}; return None where it can be used, else the reason"
            raise PluginError(msg)
        return found

    def params_type(self) -> type:
        """Return the dataclass of the parameters; raise PluginError when it cannot be imported or is none."""
        found = _load(self.name, self.params_target) if self.params_target else getattr(self.load(), "Params", None)
        if not is_dataclass(found):
            msg = f"Params of '{self.name}' is {found!r}; write it as a frozen dataclass, or leave it out"
            raise PluginError(msg)
        return cast("type", found)

    def resolve(self, preset: str = "default", overrides: Mapping[str, Any] | None = None) -> Any:
        """Return the parameters of a preset with some of them changed.

        Raises:
            UnknownNameError: no such preset or parameter.
            ParameterError: a value does not fit.
        """
        presets = {"default": {}, **self.presets}
        if preset not in presets:
            raise UnknownNameError(f"preset of {self.name}", preset, presets)
        merged = {**self.params, **presets[preset], **(overrides or {})}
        return resolve(self.params_type(), merged, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSpec(Spec):
    """A data set.

    Attributes:
        editions: names of its editions (a bundled sample, the official files); the first is the default.
        splits: names of the splits of a single background file that it offers.
        reads: which of the options ``data``, ``raw`` and ``skip_bad_lines`` it reads; the others are refused.
        commands: verb of ``adbench datasets`` (``fetch``, ``generate``, ``verify``, ``plot``) to the
            ``"package.module:command"`` of a click command that does it for this data set.
    """

    editions: tuple[str, ...] = ("default",)
    splits: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    commands: Mapping[str, str] = field(default_factory=dict)

    def open(self, options: DatasetOptions) -> Dataset:
        """Return the data set with these options.

        Raises:
            PluginError: its module or name cannot be imported.
            UnknownNameError: there is no such edition, or it offers no splits.
            UsageError: an option that it does not read is given: it would pass for other events.
        """
        if options.data is None and options.edition not in (None, *self.editions):
            raise UnknownNameError(f"edition of {self.name}", str(options.edition), self.editions)
        if options.split is not None and not self.splits:
            raise UnknownNameError(f"split of {self.name}", options.split, (), "none: its events come divided")
        for name in ("data", "raw", "skip_bad_lines"):
            if getattr(options, name) and name not in self.reads:
                msg = f"data set {self.name} reads no --{name.replace('_', '-')}: leave it out (adbench list datasets)"
                raise UsageError(msg)
        opened: Dataset = self.load()(options)
        return opened

    def load_command(self, verb: str) -> Any:
        """Import and return the command of a verb; raise PluginError that names it when that fails."""
        return _load(f"{self.name} {verb}", self.commands[verb])


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSpec(Spec):
    """A metric, or a family of metrics with one number in its name.

    Attributes:
        parameter: for a family, what the number behind ``@`` means ("background efficiency"); the target is
            then called with it as a float, and ``eps_s@1e-2`` is the metric ``eps_s`` at 0.01. It raises UsageError
            for a number that makes no sense, and gives a metric whose own name is the family's, ``@`` and the number.
            Empty: the target is the metric, whose own name is that of this description.
    """

    parameter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingSpec(Spec):
    """A ranking method."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorSpec(Spec):
    """A way to launch runs."""


def _load(name: str, target: str) -> Any:
    module_name, _, attribute = target.partition(":")
    try:
        return getattr(importlib.import_module(module_name), attribute)
    except AdbenchError:  # of ours: a name that nobody knows, said as well as it can be
        raise
    except Exception as error:
        msg = f"'{name}' cannot be loaded from {target}: {type(error).__name__}: {error}"
        raise PluginError(msg) from error
