"""The detectors of this distribution by name."""

from __future__ import annotations

from typing import Any

from adbench.api import DetectorSpec

__all__ = ["DETECTORS"]

_PAPER: dict[str, Any] = {
    "loss": "paper",
    "beta": 10.0,
    "coordinate": "error",
    "latent": 4,
    "flows": 10,
    "widths": (50, 30, 20),
    "batch_size": 800,
    "learning_rate": 1e-3,
}
_FAMILY = (
    "Before a signal is scored, the priors of its family are withheld: their axes go, the reduction is made again."
)


def _quak(name: str, axes: str, reduction: str, words: str) -> DetectorSpec:
    return DetectorSpec(
        name=name,
        target="adbench_quak.detector:Quak",
        summary=f"losses of one flow VAE per prior and for background: {words}",
        reference="arXiv:2011.03550",
        version=3,  # 2: priors are divided by source; 3: the coordinate is the bound, networks are larger
        supervision="semi-supervised",
        scores=("quak", "background_loss"),
        params={"axes": axes, "reduction": reduction},
        presets={"default": {}, "paper": _PAPER},
        requires=("torch>=2.6", "nflows>=0.14"),
        preload=("torch", "numpy", "nflows.transforms"),
        notes=(_FAMILY, "Reductions are made on priors and validation background that no network was trained on."),
        tags=frozenset({"autoencoder", "flow", "semi-supervised"}),
    )


DETECTORS = [
    _quak("quak_2d", "nearest", "scan", "background against the nearest prior"),
    _quak("quak_3d", "two_nearest", "scan", "background against the two nearest priors"),
    _quak("quak_nd", "all", "ratio", "density ratio in the space of all losses"),
    _quak("quak_lda", "all", "lda", "linear discriminant of all losses"),
    DetectorSpec(
        name="quak_latent",
        target="adbench_quak.latent:QuakLatent",
        summary="dense network in the latent space of one flow VAE for background and priors, to compare with losses",
        reference="arXiv:2011.03550",
        supervision="semi-supervised",
        scores=("latent",),
        params={"reduction": "dense"},
        presets={"default": {}, "paper": _PAPER},
        requires=("torch>=2.6", "nflows>=0.14"),
        preload=("torch", "numpy", "nflows.transforms"),
        notes=("Before a signal is scored, the network is trained again without the priors of its family.",),
        tags=frozenset({"autoencoder", "flow", "semi-supervised"}),
    ),
    DetectorSpec(
        name="supervised_mlp",
        target="adbench_quak.supervised:SupervisedMlp",
        summary="dense network that is told background and all signals",
        reference="arXiv:2011.03550",
        version=3,  # dropout follows the seed; priors are divided by source
        supervision="supervised",
        scores=("logit",),
        presets={"default": {}, "paper": {"epochs": 80, "batch_size": 1000, "learning_rate": 1e-4}},
        requires=("torch>=2.6",),
        preload=("torch", "numpy"),
        notes=("It has seen the signals: it says how much there is to find, not how to find it.",),
        tags=frozenset({"classifier", "supervised"}),
    ),
]
"""Four reductions of the loss space, the latent space beside them, and the fully supervised reference."""
