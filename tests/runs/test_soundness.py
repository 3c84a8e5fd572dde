from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from adbench.api import DatasetOptions, Events
from adbench.api.errors import DataError
from adbench.runs.soundness import check_sound
from adbench.testing.toys import ToyDataset


@pytest.fixture(scope="module")
def events() -> Events:
    return ToyDataset(DatasetOptions()).background("a")


def test_events_of_the_contract_pass(events: Events) -> None:
    check_sound(events, "background")
    check_sound(events[:0], "no background")


def _weights(value: float) -> Any:
    return lambda events: {"weights": np.where(np.arange(len(events)) == 3, np.float32(value), events.weights)}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (_weights(-1.0), "weights that are negative or no finite numbers"),
        (lambda events: {"weights": 0 * events.weights}, "weights that are all 0"),
        (_weights(np.nan), "weights that are negative or no finite numbers"),
        (lambda events: {"kinds": np.where(events.kinds > 0, np.int8(9), events.kinds)}, "objects of kind 9"),
        (lambda events: {"kinds": np.where(events.kinds > 0, np.int8(-1), events.kinds)}, "objects of kind -1"),
        (
            lambda events: {"aux": {**events.aux, "source": np.linspace(0, 1, len(events))}},
            r"aux\['source'\] of type float64",
        ),
    ],
)
def test_what_figures_would_silently_depend_on_is_refused(events: Events, changed: Any, message: str) -> None:
    with pytest.raises(DataError, match=f"^background of channel a: the data set gave {message}"):
        check_sound(dataclasses.replace(events, **changed(events)), "background of channel a")
