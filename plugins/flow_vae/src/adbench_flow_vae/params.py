"""Parameters of the detectors, free of torch, so that they can be listed and checked at no cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["DARKFLOW", "PAPER", "FlowName", "FlowVaeParams"]

FlowName = Literal["none", "planar", "orthogonal", "householder", "triangular", "iaf", "convolutional", "nsf_ar"]


@dataclass(frozen=True, slots=True)
class FlowVaeParams:
    """Defaults are the preset ``default``; comments say what Jawahar et al. (arXiv:2110.08508) used.

    Of the paper's three values of beta the default is the one whose Chamfer distance of validation background is
    the lowest in every channel of the bundled sample (`gcn_vae`, mean of three seeds). With 0.5 the decoder, which
    gives one object for all slots of an event, gains less from the latent space than that costs: the posterior
    becomes the prior (KL below 0.001). With 1 the decoder is not trained at all. Batch, rate and epochs too were
    chosen on that loss alone: the rate grows with the batch, and most fits are at their best before epoch 35.

    Raises:
        ValueError: a number is out of range, or two parameters exclude each other.
    """

    network: Literal["gcn", "conv"] = "gcn"  # set by the name of the detector
    flow: FlowName = "none"  # set by the name of the detector
    flows: int = 6  # paper: 6 maps one after the other; 4 of iaf, convolutional and nsf_ar
    vectors: int = 8  # paper: 8 orthonormal columns (orthogonal) or reflections (householder) in each map
    bins: int = 64  # paper: 64 bins of the splines of nsf_ar
    latent: int = 15  # paper: 15
    widths: tuple[int, ...] = (32, 16, 2)  # paper: graph convolutions 5-32-16-2, mirrored in the decoder
    objects: Literal["all", "truncated"] = "all"  # paper: all = 15 jets + 6 x 4 others; truncated = 4 jets + 6 x 3
    multiplicity: bool = False  # paper, "+Mult": numbers of objects of each kind join the flattened features
    high_level: bool = False  # paper, "HLF": MET, HT and m_eff join them and are reconstructed too
    high_level_weight: float = 1.0  # paper: of their squared error in the loss, scanned; public code: 100
    adjacency: Literal["complete", "complete+self", "masked", "knn"] = "complete"  # paper: complete; public code: +self
    neighbours: int = 4  # of the adjacency knn, which is ours
    mask_padding: bool = False  # paper: empty slots are compared and scaled like objects
    loss: Literal["plain", "modified_elbo"] = "plain"  # paper: plain = the KL in front of the flow
    beta: float = 1e-6  # paper: 1, 0.5 and 1e-6; lowest validation distance of the three
    compat: Literal["none", "darkflow"] = "none"  # darkflow: networks, slots and distance of the public code
    epochs: int = 60  # paper: not stated; preset paper: at most 200
    batch_size: int = 256  # paper: 32; eight times as fast
    learning_rate: float = 8e-4  # paper: 1e-4 at batch 32; scaled with the batch
    patience: int = 10  # paper: "ad hoc" early stopping; epochs without a better validation loss, 0 = never stop
    score_samples: int = 0  # draws to average a score over, 0 = score at the mean; public code: one draw

    def __post_init__(self) -> None:
        for name in ("flows", "vectors", "bins", "latent", "neighbours", "epochs", "batch_size"):
            _at_least(name, getattr(self, name), 1)
        for name in ("patience", "score_samples", "high_level_weight"):
            _at_least(name, getattr(self, name), 0)
        if not 0 <= self.beta <= 1:
            msg = f"beta is {self.beta:g}; it has to be in 0 to 1"
            raise ValueError(msg)
        if not self.learning_rate > 0:
            msg = f"learning_rate is {self.learning_rate:g}; it has to be positive"
            raise ValueError(msg)
        if not self.widths or min(self.widths) < 1:
            msg = f"widths is {self.widths}; it needs at least one layer, each of at least one feature"
            raise ValueError(msg)
        if self.flow == "orthogonal" and self.vectors > self.latent:
            msg = f"vectors is {self.vectors}; there are at most {self.latent} orthonormal columns in the latent space"
            raise ValueError(msg)
        extended = [name for name in ("multiplicity", "high_level") if getattr(self, name)]
        if self.compat == "darkflow" and (extended or self.objects != "all" or self.mask_padding):
            what = [*extended, *["objects"] * (self.objects != "all"), *["mask_padding"] * self.mask_padding]
            msg = f"compat=darkflow fixes what the networks see; leave out {', '.join(what)}"
            raise ValueError(msg)


def _at_least(name: str, value: float, least: int) -> None:
    if not value >= least:
        msg = f"{name} is {value:g}; it has to be at least {least}"
        raise ValueError(msg)


PAPER: dict[str, float] = {"batch_size": 32, "learning_rate": 1e-4, "epochs": 200}
"""Changes that make the published configuration."""

DARKFLOW: dict[str, float | str] = {
    "compat": "darkflow",
    "adjacency": "complete+self",
    "beta": 0.5,  # distance and KL count alike; Adam does not see the common factor
    "batch_size": 32,
    "learning_rate": 1e-4,
    "epochs": 10,
    "patience": 0,  # its best model is the last one
    "score_samples": 1,
}
"""Changes that make the configuration of the public code, without its scaler fitted on signals."""
