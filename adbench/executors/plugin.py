"""The executors that come with adbench."""

from __future__ import annotations

from adbench.api import ExecutorSpec, hookimpl


@hookimpl
def adbench_executors() -> list[ExecutorSpec]:
    """Return the built-in executors."""
    return [
        ExecutorSpec(
            name="local",
            target="adbench.executors.local:LocalExecutor",
            summary="processes on this machine",
        )
    ]
