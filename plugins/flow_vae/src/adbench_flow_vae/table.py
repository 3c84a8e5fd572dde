"""The detectors of this distribution by name: one class, one row each."""

from __future__ import annotations

from adbench.api import DetectorSpec
from adbench_flow_vae.params import PAPER

__all__ = ["DETECTORS", "SCORES"]

SCORES = ("chamfer", "kl", "rz")
"""Of one training; the Chamfer distance, first, is the entry on the leaderboard."""

_FLOWS = {
    "gcn_vae": ("none", "graph-convolutional VAE of the event's objects"),
    "gcn_vae_householder": ("householder", "graph-convolutional VAE with Householder-Sylvester flows"),
}

DETECTORS = [
    DetectorSpec(
        name=name,
        target="adbench_flow_vae.detector:FlowVae",
        summary=summary,
        reference="arXiv:2110.08508",
        scores=SCORES,
        params={"flow": flow},
        presets={"default": {}, "paper": PAPER},
        requires=("torch>=2.6",),
        preload=("torch", "numpy"),
        tags=frozenset({"autoencoder", "graph"} | ({"flow"} if flow != "none" else set())),
    )
    for name, (flow, summary) in _FLOWS.items()
]
