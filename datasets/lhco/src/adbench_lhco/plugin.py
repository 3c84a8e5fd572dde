"""The hook of this distribution."""

from __future__ import annotations

from adbench.api import DatasetSpec, hookimpl

__all__ = ["adbench_datasets"]


@hookimpl
def adbench_datasets() -> list[DatasetSpec]:
    """Return the data set of dijet events."""
    return [
        DatasetSpec(
            name="lhco",
            target="adbench_lhco.dataset:Lhco",
            summary="LHC Olympics: dijet events with 12 observables, resonances, black boxes (arXiv:2101.08320)",
            editions=("sample", "rd-features", "rd", "black-boxes"),
            reads=("data",),
            commands={
                "fetch": "adbench_lhco.commands.fetch:command",
                "generate": "adbench_lhco.commands.generate:command",
            },
        )
    ]
