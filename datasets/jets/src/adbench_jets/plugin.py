"""The hook of this distribution."""

from __future__ import annotations

from adbench.api import DatasetSpec, hookimpl

__all__ = ["adbench_datasets"]


@hookimpl
def adbench_datasets() -> list[DatasetSpec]:
    """Return the data set of single jets."""
    return [
        DatasetSpec(
            name="jets",
            target="adbench_jets.dataset:Jets",
            summary="single jets with constituents: QCD, top, dark showers (arXiv:2306.03933)",
            editions=("sample", "top-tagging"),
            reads=("data",),
            commands={
                "fetch": "adbench_jets.commands.fetch:command",
                "generate": "adbench_jets.commands.generate:command",
            },
        )
    ]
