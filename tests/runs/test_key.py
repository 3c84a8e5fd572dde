from __future__ import annotations

import dataclasses
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adbench.runs.key import RunIdentity, canonical_json

IDENTITY = RunIdentity("toys", "tiny", "f0", "own", "1", "met", 1, {"beta": 0.5, "layers": (4, 2)}, seed=0)


def test_the_key_is_the_hash_of_the_canonical_content() -> None:
    text = (
        '{"channel":"1","dataset":"toys","detector":"met","edition":"tiny","fingerprint":"f0","max_events":null,'
        '"params":{"beta":0.5,"layers":[4,2]},"precision":"32-true","protocol":1,"schema":1,"seed":0,"split":"own","version":1}'
    )
    assert IDENTITY.key == hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.mark.parametrize(
    "change",
    [
        {"dataset": "others"},
        {"edition": "full"},
        {"fingerprint": "f1"},
        {"split": "k-folds(5)"},
        {"channel": "2a"},
        {"detector": "ht"},
        {"version": 2},
        {"params": {"beta": 0.25, "layers": (4, 2)}},
        {"seed": 1},
        {"max_events": 100},
        {"precision": "bf16-mixed"},
    ],
)
def test_whatever_decides_the_scores_decides_the_key(change: dict[str, Any]) -> None:
    assert dataclasses.replace(IDENTITY, **change).key != IDENTITY.key


def test_the_order_of_parameters_does_not_matter() -> None:
    other = dataclasses.replace(IDENTITY, params={"layers": [4, 2], "beta": 0.5})
    assert other.key == IDENTITY.key


def test_an_identity_survives_storage() -> None:
    assert RunIdentity.from_dict(IDENTITY.as_dict()) == IDENTITY


@given(
    st.dictionaries(st.text(max_size=5), st.integers() | st.floats(allow_nan=False, allow_infinity=False), max_size=6)
)
def test_canonical_json_does_not_depend_on_insertion_order(content: dict[str, float]) -> None:
    assert canonical_json(content) == canonical_json(dict(reversed(content.items())))


def test_nan_has_no_place_in_an_identity() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"beta": float("nan")})
