"""The detectors of this distribution: the two objectives of the paper."""

from __future__ import annotations

from typing import Any

from adbench.api import DetectorSpec

__all__ = ["DETECTORS", "SCORES"]

SCORES = ("normalised", "nll", "event", "objects")
"""The paper's score; minus log p of all, unnormalised; of the event's numbers; of the objects, per object."""

_PAPER: dict[str, Any] = {
    "slots": 100, "momentum": "log1m", "numbers": "plain", "dequantise": False, "width": 128, "heads": 2, "blocks": 6,
    "event_width": 256, "event_blocks": 2, "solver": "rk45", "trace": "exact", "epochs": 200, "learning_rate": 3e-4,
    "patience": 50,
}  # fmt: skip


def _row(name: str, objective: str, words: str) -> DetectorSpec:
    return DetectorSpec(
        name=name,
        target="adbench_point_diffusion.detector:PointDiffusionDetector",
        params_target="adbench_point_diffusion.params:DiffusionParams",
        summary=f"diffusion densities of an event's numbers and of its objects; {words}",
        reference="arXiv:2306.03933",
        scores=SCORES,
        params={"objective": objective},
        presets={"default": {}, "paper": _PAPER},
        requires=("torch>=2.6",),
        preload=("torch", "numpy"),
        gpu=True,
        notes=(
            "The entry divides the objects' part by their number, so it is no likelihood; nll is.",
            "The hardest `slots` objects are modelled, all are counted.",
        ),
        tags=frozenset({"diffusion", "attention", "density"}),
    )


DETECTORS = [
    _row("point_diffusion", "velocity", "objective: the velocity"),
    _row("point_diffusion_ml", "likelihood", "objective: maximum likelihood"),
]
