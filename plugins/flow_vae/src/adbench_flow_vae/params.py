"""Parameters of the detectors, free of torch, so that they can be listed and checked at no cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["PAPER", "FlowVaeParams"]


@dataclass(frozen=True, slots=True)
class FlowVaeParams:
    """Defaults are the preset ``default``; comments say what Jawahar et al. (arXiv:2110.08508) used.

    Of the paper's three values of beta the default is the one whose Chamfer distance of validation background is
    the lowest in every channel of the bundled sample (`gcn_vae`, mean of three seeds). With 0.5 the decoder, which
    gives one object for all slots of an event, gains less from the latent space than that costs: the posterior
    becomes the prior (KL below 0.001). With 1 the decoder is not trained at all. Batch, rate and epochs too were
    chosen on that loss alone: the rate grows with the batch, and most fits are at their best before epoch 35.

    Raises:
        ValueError: a number is out of range.
    """

    flow: Literal["none", "householder"] = "none"  # set by the name of the detector
    flows: int = 6  # paper: 6 maps, one after the other
    reflections: int = 8  # paper: 8 Householder vectors in each flow
    latent: int = 15  # paper: 15
    widths: tuple[int, ...] = (32, 16, 2)  # paper: graph convolutions 5-32-16-2, mirrored in the decoder
    adjacency: Literal["complete", "complete+self", "masked", "knn"] = "complete"  # paper: complete; public code: +self
    neighbours: int = 4  # of the adjacency knn, which is ours
    mask_padding: bool = False  # paper: empty slots are compared and scaled like objects
    beta: float = 1e-6  # paper: 1, 0.5 and 1e-6; lowest validation distance of the three
    epochs: int = 60  # paper: not stated; preset paper: at most 200
    batch_size: int = 256  # paper: 32; eight times as fast
    learning_rate: float = 8e-4  # paper: 1e-4 at batch 32; scaled with the batch
    patience: int = 10  # paper: "ad hoc" early stopping; epochs without a better validation loss, 0 = never stop
    score_samples: int = 0  # draws to average a score over, 0 = score at the mean; public code: one draw

    def __post_init__(self) -> None:
        counts = ("flows", "reflections", "latent", "neighbours", "epochs", "batch_size")
        for name in (*counts, "patience", "score_samples"):
            least = 1 if name in counts else 0
            if getattr(self, name) < least:
                msg = f"{name} is {getattr(self, name)}; it has to be at least {least}"
                raise ValueError(msg)
        if not 0 <= self.beta <= 1:
            msg = f"beta is {self.beta:g}; it has to be in 0 to 1"
            raise ValueError(msg)
        if not self.learning_rate > 0:
            msg = f"learning_rate is {self.learning_rate:g}; it has to be positive"
            raise ValueError(msg)
        if not self.widths or min(self.widths) < 1:
            msg = f"widths is {self.widths}; it needs at least one layer, each of at least one feature"
            raise ValueError(msg)


PAPER: dict[str, float] = {"batch_size": 32, "learning_rate": 1e-4, "epochs": 200}
"""Changes that make the published configuration."""
