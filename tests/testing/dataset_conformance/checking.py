"""A data set that keeps its contract, to be broken in one place, and what the checks say of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from adbench.api import DatasetSpec
from adbench.testing.dataset_conformance import check_dataset
from adbench.testing.toys import ToyDataset


class Good(ToyDataset):
    """The toys, as they are."""


def spec_of(kind: Callable[..., Any] | str, **changes: Any) -> DatasetSpec:
    """Return the description of a class or a function, or of a name that is none."""
    target = f"{__name__}:{kind}" if isinstance(kind, str) else f"{kind.__module__}:{kind.__name__}"
    return DatasetSpec(
        **{"name": "toys", "target": target, "editions": ("tiny",), "splits": ("own", "k-folds"), **changes}
    )


def failed(kind: Callable[..., Any] | str, **changes: Any) -> dict[str, str]:
    """Return the checks that fail, each with its reason."""
    return {one.check: one.reason for one in check_dataset(spec_of(kind, **changes)) if one.status == "fail"}


def must_find(kind: Callable[..., Any] | str, check: str, words: str) -> None:
    """Assert that a check, and few others, finds what is wrong and says so."""
    found = failed(kind)
    assert check in found, found
    assert re.search(words, found[check]), found[check]
    assert len(found) <= 3, found
