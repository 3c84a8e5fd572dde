"""The executors that come with adbench."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adbench.api import ExecutorSpec, UsageError, hookimpl

if TYPE_CHECKING:
    from adbench.executors.base import ExecutorOptions
    from adbench.executors.local import LocalExecutor


@hookimpl
def adbench_executors() -> list[ExecutorSpec]:
    """Return the built-in executors."""
    return [
        ExecutorSpec(
            name="local",
            target="adbench.executors.plugin:make_local",
            summary="processes on this machine",
        ),
        ExecutorSpec(
            name="dask",
            target="adbench.executors.dask:DaskExecutor",
            summary="workers of a Dask cluster, one that is there or one on HTCondor, Slurm or this machine",
        ),
    ]


def make_local(options: ExecutorOptions) -> LocalExecutor:
    """Return the local executor; raise UsageError when a cluster was asked for."""
    from adbench.executors.local import LocalExecutor

    if options.scheduler or options.cluster:
        msg = "--scheduler and --cluster are for --executor dask"
        raise UsageError(msg)
    return LocalExecutor(options.jobs)
