"""Names that a shell completes: asked for when Tab is pressed, silent when anything goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import click
from click.shell_completion import CompletionItem

__all__ = ["channels", "datasets", "detectors", "detectors_or_all"]


def _names(find: Callable[[click.Context], Iterable[str]]) -> Callable[..., list[CompletionItem]]:
    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        head, comma, last = incomplete.rpartition(",")  # one value may hold several names
        try:
            return [CompletionItem(f"{head}{comma}{name}") for name in find(context) if name.startswith(last)]
        except Exception:  # noqa: BLE001  a shell's line is no place for an error
            return []

    return complete


def _detectors(context: click.Context) -> Iterable[str]:
    from adbench.registry import catalogue

    return (spec.name for spec in catalogue().detectors)


def _detectors_or_all(context: click.Context) -> Iterable[str]:
    return ("all", *_detectors(context))


def _datasets(context: click.Context) -> Iterable[str]:
    from adbench.registry import catalogue

    return (spec.name for spec in catalogue().datasets)


def _channels(context: click.Context) -> Iterable[str]:
    from adbench.api import DatasetOptions
    from adbench.registry import catalogue

    name: Any = context.params.get("dataset") or "darkmachines"
    info = catalogue().datasets.get(name).open(DatasetOptions()).info
    return ("all", *info.channels)


detectors, detectors_or_all = _names(_detectors), _names(_detectors_or_all)
datasets, channels = _names(_datasets), _names(_channels)
