"""The hook of this distribution."""

from __future__ import annotations

from adbench.api import DatasetSpec, hookimpl

__all__ = ["adbench_datasets"]


@hookimpl
def adbench_datasets() -> list[DatasetSpec]:
    """Return the data set of digits."""
    return [
        DatasetSpec(
            name="digits",
            target="adbench_digits.dataset:Digits",
            summary="handwritten digits, one of them background: approximate priors in pictures (arXiv:2011.03550)",
            editions=("sample",),
            reads=("data",),
        )
    ]
