"""Parameters of the detectors, free of torch, so that they can be listed and checked at no cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["SurjectiveParams"]


@dataclass(frozen=True, slots=True)
class SurjectiveParams:
    """Defaults are the preset ``default``; comments say what Verheyen (arXiv:2205.01697) used.

    Raises:
        ValueError: a number is out of range.
    """

    discrete: Literal["mixture", "dequantized", "argmax", "classifier"] = "classifier"  # set by the detector's name
    order: Literal["ordered", "stochastic", "given"] = "ordered"  # set by the name; given = as the events name objects
    n_max: int = 6  # hardest objects that are modelled; paper: 6 and 8 (mixture), 8 and 10 (the others)
    energy: Literal["log", "mass", "drop"] = "mass"  # paper: log E of all; mass = of jets only, others have none
    azimuth: Literal["periodic", "linear"] = "periodic"  # paper: linear, a standardised number
    frame: Literal["met", "lab"] = "met"  # paper: lab; met = azimuth from opposite the missing momentum
    scaling: Literal["shared", "slot"] = "shared"  # public code: slot, which permutations scramble
    missing: Literal["dropout", "imputed"] = "dropout"  # imputed: noise out of range in empty slots, no surjection
    objective: Literal["likelihood", "balanced", "labels"] = "likelihood"  # numbers of objects, or kinds, count alike
    noise: Literal["uniform", "variational"] = "uniform"  # of dequantized and argmax; variational = from a flow
    chain: bool = False  # classifier: each label given those before it; paper: all at once
    layers: int = 4  # paper: 8 autoregressive transformations
    bins: int = 16  # paper: 32 bins of a spline
    units: int = 4  # hidden units for each dimension; paper: 10, public code: 4
    blocks: int = 2  # residual blocks of each masked network; paper: 2
    bound: float = 5.0  # paper: splines live in [-5, 5]
    embedding: int = 64  # paper: 64 numbers that stand for the label
    classifier_width: int = 256  # paper: three layers of 256
    smoothing: float = 1.0  # events' worth of probability for labels never seen; paper: none, so they all tie
    draws: int = 4  # permutations and noises of each event that a score averages over; paper: 1
    epochs: int = 25  # paper: until the rate was halved ten times
    batch_size: int = 512  # at most a twelfth of the training events; paper: 25,000; public code: 10,000
    learning_rate: float = 2e-3  # paper: 1e-3, halved on plateaus; here it falls to zero over the epochs
    least_steps: int = 700  # small samples are seen in more epochs, to make so many steps; 0 = as they are
    patience: int = 0  # epochs without a better validation loss after which to stop, 0 = never; the best is kept

    def __post_init__(self) -> None:
        least = {"bins": 2}
        for name in (
            "n_max", "layers", "bins", "units", "embedding", "classifier_width", "draws", "epochs", "batch_size",
        ):  # fmt: skip
            _at_least(name, getattr(self, name), least.get(name, 1))
        for name in ("blocks", "least_steps", "patience"):
            _at_least(name, getattr(self, name), 0)
        for name in ("bound", "smoothing", "learning_rate"):
            if not getattr(self, name) > 0:
                msg = f"{name} is {getattr(self, name):g}; it has to be positive"
                raise ValueError(msg)
        if self.objective == "labels" and self.discrete != "mixture":
            msg = f"objective is labels, which a {self.discrete} flow has no table of; set discrete=mixture"
            raise ValueError(msg)
        if self.bins > 500:
            msg = f"bins is {self.bins}; with a least width of 1e-3 there is room for 500"
            raise ValueError(msg)
        if self.n_max > 12:
            msg = f"n_max is {self.n_max}; the table of object patterns has room for 12"
            raise ValueError(msg)


def _at_least(name: str, value: float, least: int) -> None:
    if not value >= least:
        msg = f"{name} is {value:g}; it has to be at least {least}"
        raise ValueError(msg)
