"""A stored split, by the option that asks for it."""

from __future__ import annotations

import pytest

from adbench.cli.stored_choice import asked_split
from adbench.runs.key import RunIdentity


@pytest.mark.usefixtures("toys")
@pytest.mark.parametrize(
    ("dataset", "stored", "asked"),
    [
        ("toys", "own", ("own", None)),
        ("toys", "k-folds(4)", ("k-folds", 4)),
        ("toys", "k-folds", ("k-folds", None)),
        ("toys", "another", (None, None)),
        ("not_installed", "k-folds(4)", (None, None)),
    ],
)
def test_a_stored_split_is_asked_for_by_its_name_and_folds(
    dataset: str, stored: str, asked: tuple[str | None, int | None]
) -> None:
    identity = RunIdentity(
        channel="a", detector="met", seed=0, dataset=dataset, edition="tiny", fingerprint="f", split=stored, version=1,
        params={},
    )  # fmt: skip
    assert asked_split(identity) == asked
