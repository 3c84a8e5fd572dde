"""The hooks of adbench, for pluggy; entry-point group ``adbench``.

A plugin is a module with functions of these names, marked with `hookimpl`. Hooks return light descriptions;
nothing heavy is imported until a component is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    import click

    from adbench.api.page import PageSection
    from adbench.api.specs import DatasetSpec, DetectorSpec, ExecutorSpec, MetricSpec, RankingSpec

__all__ = ["hookimpl", "hookspec"]

hookspec = pluggy.HookspecMarker("adbench")
hookimpl = pluggy.HookimplMarker("adbench")


@hookspec
def adbench_detectors() -> list[DetectorSpec]:  # type: ignore[empty-body]
    """Return the detectors of this plugin."""


@hookspec
def adbench_detector_named(name: str) -> DetectorSpec | None:
    """Return the detector that a name describes without being listed, such as an import path; None for any other."""


@hookspec
def adbench_datasets() -> list[DatasetSpec]:  # type: ignore[empty-body]
    """Return the data sets of this plugin."""


@hookspec
def adbench_metrics() -> list[MetricSpec]:  # type: ignore[empty-body]
    """Return the metrics of this plugin."""


@hookspec
def adbench_rankings() -> list[RankingSpec]:  # type: ignore[empty-body]
    """Return the ranking methods of this plugin."""


@hookspec
def adbench_executors() -> list[ExecutorSpec]:  # type: ignore[empty-body]
    """Return the ways of this plugin to launch runs."""


@hookspec
def adbench_commands(cli: click.Group) -> None:
    """Add commands to the command line."""


@hookspec
def adbench_run_finished(record: dict[str, Any]) -> None:
    """Look at the record of a run that has just been stored; called in the process that launched it."""


@hookspec
def adbench_leaderboard_sections(board: Any) -> list[PageSection]:  # type: ignore[empty-body]
    """Return sections to add to the leaderboard page; called once for each of its boards."""
