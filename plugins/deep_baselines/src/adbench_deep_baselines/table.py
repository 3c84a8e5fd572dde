"""The detectors of this distribution by name: their scores, presets and sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adbench.api import DetectorSpec

__all__ = ["DETECTORS"]

_HOME = "adbench_deep_baselines"
_TABLE = "It reads the table of an event (events.tabular()), not the input of any publication."


def _spec(
    name: str,
    target: str,
    summary: str,
    reference: str,
    scores: tuple[str, ...],
    presets: Mapping[str, Mapping[str, Any]],
    notes: tuple[str, ...],
    version: int = 1,
) -> DetectorSpec:
    params = target.rpartition(":")[2] + "Params"
    return DetectorSpec(
        name=name,
        target=f"{_HOME}.{target}",
        params_target=f"{_HOME}.params:{params}",
        summary=summary,
        reference=reference,
        version=version,
        scores=scores,
        presets={"default": {}, **presets},
        requires=("torch>=2.6",),
        preload=("torch", "numpy"),
        gpu=True,
        notes=(*notes, _TABLE),
        tags=frozenset({"baseline", "deep"}),
    )


DETECTORS = [
    _spec(
        "autoencoder",
        "autoencoder:Autoencoder",
        "dense autoencoder of the tabular view",
        "arXiv:1808.08979",
        ("reconstruction",),
        {},
        ("No preset of the challenge's SimpleAE: the name of its one model holds no settings.",),
    ),
    _spec(
        "deep_svdd",
        "deep_svdd:DeepSvdd",
        "background mapped near one point: hard or soft boundary",
        "Ruff et al., ICML 2018, PMLR 80",
        ("distance",),
        {
            "paper": {
                "pretraining": 350, "epochs": 150, "fine_epochs": 100, "batch_size": 200, "latent": 32, "warm_up": 10,
                "patience": 0,
            },
            "challenge": {"centre": 2.0, "latent": 233, "learning_rate": 1e-3},
        },
        (
            "challenge: the constant target 2 in 233 dimensions, from the name DeepSVDD_C2_d233; layers and training "
            "are ours, since the name holds nothing else. The rate is the one of 1e-4 and 1e-3 with the lower loss on "
            "validation background: at 1e-4 few events do not bring the network near its target.",
        ),
    ),
    _spec(
        "dagmm",
        "dagmm:Dagmm",
        "autoencoder with a Gaussian mixture of its code and errors",
        "Zong et al., ICLR 2018",
        ("energy",),
        {
            "paper": {"latent": 1, "epochs": 200, "batch_size": 1024, "learning_rate": 1e-4, "patience": 0},
            "challenge": {
                "latent": 10, "learning_rate": 1e-7, "batch_size": 1000, "lambda_energy": 0.01,
                "lambda_covariance": 0.01,
            },
        },
        (
            "challenge: the first five numbers of the name DAGMM_10_1e-07_1000_0.01_0.01_50_15_8; the meaning of the "
            "last three is not published. At a rate of 1e-7 the network hardly leaves its random start.",
            "The mixture of a step is that of its batch, so with --devices each device has its own.",
        ),
    ),
    _spec(
        "alad",
        "alad:Alad",
        "generator, encoder and three discriminators; feature matching",
        "Zenati et al., ICDM 2018, arXiv:1812.02288",
        ("features", "l1", "l2", "logits"),
        {
            "paper": {
                "latent": 32, "epochs": 100, "batch_size": 50, "learning_rate": 1e-5,
            },
            "challenge": {
                "latent": 10, "widths": (512,), "epochs": 2000, "batch_size": 500, "learning_rate": 1e-5,
            },
        },
        (
            "challenge: ALAD_ld10_lr1e-5_bs500_epoch2000_enc512; its suffixes F_sc, L_1, L_2 and L_sc are the four "
            "scores.",
            "paper: the networks for KDDCUP, but the encoder mirrors the generator, one layer of 128 more than theirs, "
            "and all discriminators have the same width and dropout.",
            "Of all epochs the one is kept that gives validation background back best.",
        ),
        version=2,  # 2: the mean of the weights forgets the initialisation, which was 95 % of it after 50 steps
    ),
]  # fmt: skip
