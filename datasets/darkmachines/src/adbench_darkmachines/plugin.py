"""The hook of this distribution."""

from __future__ import annotations

from adbench.api import DatasetSpec, hookimpl
from adbench_darkmachines.editions import EDITIONS
from adbench_darkmachines.splits import SPLITS

__all__ = ["adbench_datasets"]


@hookimpl
def adbench_datasets() -> list[DatasetSpec]:
    """Return the data set of the Dark Machines Anomaly Score Challenge."""
    return [
        DatasetSpec(
            name="darkmachines",
            target="adbench_darkmachines.dataset:DarkMachines",
            summary="Dark Machines Anomaly Score Challenge: 4 channels, 19 signals (arXiv:2105.14027)",
            editions=("sample", *EDITIONS),
            reads=("data", "raw", "skip_bad_lines"),
            splits=tuple(SPLITS),
            commands={
                "fetch": "adbench_darkmachines.commands.fetch:command",
                "generate": "adbench_darkmachines.commands.generate:command",
                "verify": "adbench_darkmachines.commands.verify:command",
                "plot": "adbench_darkmachines.commands.plot:command",
            },
        )
    ]
