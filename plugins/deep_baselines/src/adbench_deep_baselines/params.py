"""Parameters of the detectors, free of torch, so that they can be listed and checked at no cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["AladParams", "AutoencoderParams", "DagmmParams", "DeepSvddParams"]


@dataclass(frozen=True, slots=True)
class AutoencoderParams:
    """Rate, batch and epochs have the lowest error on validation background of those tried; no signal was looked at."""

    widths: tuple[int, ...] = (64, 32)  # layers between columns and code, mirrored in the decoder; none = linear
    latent: int = 8  # numbers of the code
    epochs: int = 60  # at most
    batch_size: int = 256  # events per step
    learning_rate: float = 3e-3  # of Adam
    patience: int = 10  # epochs without a better validation loss, 0 = never stop

    def __post_init__(self) -> None:
        _at_least(self, 1, "latent", "epochs", "batch_size")
        _at_least(self, 0, "patience")
        _positive(self, "learning_rate")
        _layers(self)


@dataclass(frozen=True, slots=True)
class DeepSvddParams:
    """Comments say what Ruff et al. (ICML 2018) used, and what the names of the challenge's models hold."""

    boundary: Literal["hard", "soft"] = "hard"  # paper: both; hard is its One-Class Deep SVDD, equation 4
    nu: float = 0.1  # of the soft boundary: share of background outside; paper: 0.01 and 0.1
    centre: float | None = None  # None = mean first output, as in the paper; challenge: a constant, 1, 2, 3, 4, 10, 25
    widths: tuple[int, ...] = (64, 32)  # layers before the output, without bias; paper: convolutions
    latent: int = 16  # numbers of the output; paper: 32 and 128; challenge: 5 to 233
    decay: float = 1e-6  # lambda, weight decay; paper: 1e-6
    pretraining: int = 20  # epochs as an autoencoder; paper: 350
    warm_up: int = 5  # epochs before the soft boundary's radius moves; public code: 10
    epochs: int = 40  # paper: 150
    fine_epochs: int = 0  # further epochs at a tenth of the rate; paper: 100
    batch_size: int = 256  # paper: 200
    learning_rate: float = 1e-4  # of Adam; paper: 1e-4
    patience: int = 10  # epochs without a better validation loss, 0 = never stop; paper: never

    def __post_init__(self) -> None:
        _at_least(self, 1, "latent", "epochs", "batch_size")
        _at_least(self, 0, "patience", "pretraining", "warm_up", "fine_epochs", "decay")
        _positive(self, "learning_rate")
        _layers(self)
        if not 0 < self.nu <= 1:
            msg = f"nu is {self.nu:g}; it has to be in 0 to 1"
            raise ValueError(msg)
        if self.centre == 0:
            msg = "centre is 0, where weights of zero are a perfect and useless fit (Ruff et al., proposition 1)"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class DagmmParams:
    """Comments say what Zong et al. (ICLR 2018) used on KDDCUP, and what the names of the challenge's models hold.

    Rate and batch have the lowest loss on validation background of those tried; no signal was looked at.
    """

    widths: tuple[int, ...] = (60, 30, 10)  # layers between columns and code, tanh; paper: 60, 30, 10
    latent: int = 4  # numbers of the code; paper: 1; challenge: 10 and 20
    estimation: tuple[int, ...] = (10,)  # layers of the estimation network, tanh; paper: 10
    components: int = 4  # normal densities; paper: 4
    dropout: float = 0.5  # in the estimation network; paper: 0.5
    lambda_energy: float = 0.1  # weight of the energy; paper: 0.1; challenge: 0.01 and 0.001
    lambda_covariance: float = 0.005  # weight of 1 / variances; paper: 0.005; challenge: 0.01 and 0.001
    regularisation: float = 1e-6  # added to the variances of the densities
    epochs: int = 60  # at most; paper: 200
    batch_size: int = 512  # paper: 1024; challenge: 500, 1000 and 5000
    learning_rate: float = 3e-3  # of Adam; paper: 1e-4; challenge: 1e-6 and 1e-7
    patience: int = 10  # epochs without a better validation loss, 0 = never stop; paper: never

    def __post_init__(self) -> None:
        _at_least(self, 1, "latent", "components", "epochs", "batch_size")
        _at_least(self, 0, "patience", "lambda_energy", "lambda_covariance")
        _positive(self, "learning_rate", "regularisation")
        _layers(self)
        if not 0 <= self.dropout < 1:
            msg = f"dropout is {self.dropout:g}; it has to be at least 0 and below 1"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class AladParams:
    """Comments say what Zenati et al. (ICDM 2018) used on KDDCUP, and what the names of the challenge's models hold.

    Rate and running mean give validation background back best of those tried; no signal was looked at.
    """

    latent: int = 10  # numbers of the latent space; paper: 32; challenge: 10 to 40
    widths: tuple[int, ...] = (128, 64)  # layers of the encoder, mirrored in the generator; paper: 64 and 64, 128
    discriminator: int = 128  # width of the discriminators' hidden layer; paper: 128, in that of z and z 32
    dropout: float = 0.2  # in the discriminators; paper: 0.2, in that of x and z 0.5
    spectral_norm: bool = True  # of encoder and discriminators; paper: yes
    average: float = 0.999  # decay of the running mean of weights that scores are made with; public code: 0.999 at once
    epochs: int = 25  # paper: 100; challenge: 2000
    batch_size: int = 256  # paper: 50; challenge: six sizes, 500 and 5000 among them
    learning_rate: float = 5e-4  # of Adam with beta_1 = 0.5; paper: 1e-5; challenge: 1e-5

    def __post_init__(self) -> None:
        _at_least(self, 1, "latent", "discriminator", "epochs", "batch_size")
        _positive(self, "learning_rate")
        _layers(self)
        for name in ("dropout", "average"):
            if not 0 <= getattr(self, name) < 1:
                msg = f"{name} is {getattr(self, name):g}; it has to be at least 0 and below 1"
                raise ValueError(msg)


def _at_least(params: object, least: int, *names: str) -> None:
    for name in names:
        if getattr(params, name) < least:
            msg = f"{name} is {getattr(params, name)}; it has to be at least {least}"
            raise ValueError(msg)


def _positive(params: object, *names: str) -> None:
    for name in names:
        if not getattr(params, name) > 0:
            msg = f"{name} is {getattr(params, name):g}; it has to be positive"
            raise ValueError(msg)


def _layers(params: object) -> None:
    for name in ("widths", "estimation"):
        if min(getattr(params, name, ()), default=1) < 1:
            msg = f"{name} is {getattr(params, name)}; each layer needs at least one number"
            raise ValueError(msg)
