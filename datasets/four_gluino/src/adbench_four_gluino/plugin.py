"""The hooks of this distribution."""

from __future__ import annotations

from adbench.api import DatasetInfo, DatasetSpec, DetectorSpec, hookimpl
from adbench_four_gluino.sizes import EDITIONS

__all__ = ["adbench_datasets", "adbench_detectors"]


@hookimpl
def adbench_datasets() -> list[DatasetSpec]:
    """Return the data set."""
    return [
        DatasetSpec(
            name="four_gluino",
            target="adbench_four_gluino.dataset:FourGluino",
            summary="gg to two and four gluinos: a density with a known answer (after arXiv:2205.01697)",
            editions=tuple(EDITIONS),
            reads=("data",),
        )
    ]


@hookimpl
def adbench_detectors() -> list[DetectorSpec]:
    """Return the density itself, which no detector can beat in test log-likelihood."""
    return [
        DetectorSpec(
            name="gluino_truth",
            target="adbench_four_gluino.truth:GluinoTruth",
            summary="the density that the events of four_gluino are drawn from; learns nothing",
            reference="arXiv:2205.01697",
            scores=("nll",),
            tags=frozenset({"density"}),
            supports=_generated_gluinos,
        )
    ]


def _generated_gluinos(info: DatasetInfo, channel: str) -> str | None:
    if info.name == "four_gluino" and info.edition in EDITIONS:
        return None
    return "it is the density of the generated events of four_gluino alone"
