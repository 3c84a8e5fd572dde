"""The detectors of this distribution by name: four treatments of types, each ordered and stochastic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adbench.api import DetectorSpec

__all__ = ["DETECTORS", "SCORES"]

SCORES = ("nll",)
"""Minus log p of the event in the network's coordinates, in nats."""

_TREATMENTS: Mapping[str, tuple[str, tuple[int, int]]] = {  # words; the paper's values of n_max
    "mixture": ("a flow for each tuple of types, embedded", (6, 8)),
    "dequantized": ("types as numbers with noise", (8, 10)),
    "argmax": ("types as binary numbers, each digit the larger of two", (6, 8)),
    "classifier": ("a flow of momenta and a classifier of types", (8, 10)),
}
_ORDERS = {"ordered": "hardest first", "stochastic": "in random order"}

_PAPER: dict[str, Any] = {
    "layers": 8, "bins": 32, "units": 10, "energy": "log", "azimuth": "linear", "frame": "lab",
    "batch_size": 10_000, "learning_rate": 1e-3, "epochs": 200, "draws": 1,
}  # fmt: skip
_SMALLER = {"units": 4, "bins": 8}  # of the paper's argmax flows, which have several times as many dimensions


def _row(treatment: str, order: str) -> DetectorSpec:
    words, paper = _TREATMENTS[treatment]
    published = {**_PAPER, **_SMALLER} if treatment == "argmax" else _PAPER
    presets: dict[str, dict[str, Any]] = {"default": {}, "paper": {**published, "n_max": paper[0]}}
    presets |= {f"paper_n{n}": {**published, "n_max": n} for n in paper}
    presets["noise"] = {"missing": "imputed"}
    return DetectorSpec(
        name=f"surjective_{treatment}_{order}",
        target="adbench_surjective_flow.detector:SurjectiveFlowDetector",
        summary=f"surjective spline flow, objects {_ORDERS[order]}; {words}",
        reference="arXiv:2205.01697",
        scores=SCORES,
        params={"discrete": treatment, "order": order},
        presets=presets,
        requires=("torch>=2.6",),
        preload=("torch", "numpy"),
        gpu=True,
        notes=_notes(treatment, order),
        tags=frozenset({"flow", "density"}),
    )


def _notes(treatment: str, order: str) -> tuple[str, ...]:
    notes = ["The n_max hardest objects count; log p has fewer dimensions for fewer objects, so scores grow with them."]
    if order == "stochastic" or treatment in ("dequantized", "argmax"):
        notes.append("log p is a lower bound in the mean over permutations or noise; more draws tighten it.")
    if order == "ordered":
        notes.append("Sorted events fill a cone in which the flow has a little less than all of its mass.")
    return tuple(notes)


DETECTORS = [_row(treatment, order) for treatment in _TREATMENTS for order in _ORDERS]
