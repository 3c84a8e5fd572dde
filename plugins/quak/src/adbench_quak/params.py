"""Parameters of the detectors, free of torch, so that they can be listed and checked at no cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["QuakParams", "SupervisedParams"]


@dataclass(frozen=True, slots=True)
class QuakParams:
    """Defaults are the preset ``default``; comments say what Park et al. (arXiv:2011.03550) used.

    Raises:
        ValueError: a number is out of range.
    """

    axes: Literal["all", "nearest", "two_nearest"] = "all"  # set by the name of the detector; of the signal losses
    reduction: Literal["scan", "lda", "dense", "ratio"] = "scan"  # set by the name; paper: cut scan, LDA, dense network
    columns: tuple[str, ...] = ()  # inputs by name, (without_masses,) for all but masses; empty = all
    scaling: Literal["columns", "none"] = "columns"  # by the sample's mean and spread; none for pixels, of one unit
    flow: Literal["maf", "planar", "radial", "realnvp", "none"] = "maf"  # paper: maf
    flows: int = 4  # paper: 10 steps; the public code repeats one step 10 times
    tied: bool = False  # public code: one step, repeated
    latent: int = 8  # paper: 4
    widths: tuple[int, ...] = (128, 128)  # paper: 12-50-30-20-z, mirrored
    linear: bool = False  # public code: its activation is the identity
    loss: Literal["elbo", "paper"] = "elbo"  # paper: lacks log p behind the flow, so it has no lower bound
    beta: float = 0.3  # weight of the divergence, twice the decoder's variance; paper: 10 with its loss
    coordinate: Literal["bound", "error"] = "bound"  # of an event in a network: -log p, or paper: log squared error
    draws: int = 8  # from the latent space for the bound; paper: one, for the error
    epochs: int = 40  # paper: until 10 epochs without improvement at each of five rates
    batch_size: int = 256  # paper: 800
    learning_rate: float = 2e-3  # paper: 1e-3 down to 1e-7; here it falls to zero over the epochs
    least_steps: int = 700  # small samples are seen in more epochs, to make so many steps; 0 = as they are
    patience: int = 0  # epochs without a better validation loss after which to stop, 0 = never; the best is kept

    def __post_init__(self) -> None:
        _check_training(self)
        for name in ("flows", "latent", "draws"):
            if getattr(self, name) < 1:
                msg = f"{name} is {getattr(self, name)}; it has to be at least 1"
                raise ValueError(msg)
        if self.coordinate == "bound" and self.beta == 0:
            msg = "beta is 0, so the decoder has no variance and the bound no value; set coordinate=error"
            raise ValueError(msg)
        if self.beta < 0:
            msg = f"beta is {self.beta}; it has to be at least 0"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class SupervisedParams:
    """A dense network that is told background and signals: the reference of its own class.

    Raises:
        ValueError: a number is out of range.
    """

    columns: tuple[str, ...] = ()  # as for the others; paper: without masses
    scaling: Literal["columns", "none"] = "columns"  # as for the others
    widths: tuple[int, ...] = (150, 75, 21, 10)  # public code: 10-150-75-21-10-5-1
    dropout: float = 0.1  # public code: 0.1
    epochs: int = 30  # paper: 80
    batch_size: int = 256  # paper: 1000
    learning_rate: float = 1e-3  # paper: 1e-4
    least_steps: int = 700  # small samples are seen in more epochs, to make so many steps; 0 = as they are
    patience: int = 0  # epochs without a better validation loss after which to stop, 0 = never; the best is kept

    def __post_init__(self) -> None:
        _check_training(self)
        if not 0 <= self.dropout < 1:
            msg = f"dropout is {self.dropout}; it has to be from 0 to below 1"
            raise ValueError(msg)


def _check_training(params: QuakParams | SupervisedParams) -> None:
    """Raise ValueError for layers or settings of a fit that no network can have."""
    for name in ("epochs", "batch_size"):
        if getattr(params, name) < 1:
            msg = f"{name} is {getattr(params, name)}; it has to be at least 1"
            raise ValueError(msg)
    if not params.widths or min(params.widths) < 1:
        msg = f"widths is {params.widths}; it needs at least one layer, each of at least one unit"
        raise ValueError(msg)
    if not params.learning_rate > 0 or params.least_steps < 0 or params.patience < 0:
        msg = "learning_rate has to be positive; least_steps and patience at least 0"
        raise ValueError(msg)
