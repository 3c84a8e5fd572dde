"""The toys as a plugin. Not installed: tests put it on the path as a distribution of its own."""

from __future__ import annotations

from adbench.api import DatasetInfo, DatasetSpec, DetectorSpec, hookimpl

_HOME = "adbench.testing.toys"


def _not_in_b(info: DatasetInfo, channel: str) -> str | None:
    return "made for channel a" if channel == "b" else None


@hookimpl
def adbench_detectors() -> list[DetectorSpec]:
    """Return the toy detectors."""
    return [
        DetectorSpec(name="toy_met", target=f"{_HOME}:Met", summary="missing energy", scores=("met", "noisy"),
                     presets={"long": {"epochs": 5}}),
        DetectorSpec(name="toy_prior", target=f"{_HOME}:NearestPrior", supervision="semi-supervised"),
        DetectorSpec(name="toy_supervised", target=f"{_HOME}:NearestPrior", supervision="supervised"),
        DetectorSpec(name="toy_density", target=f"{_HOME}:ExponentialDensity"),
        DetectorSpec(name="toy_troubled", target="adbench.testing.faults:Faulty"),
        DetectorSpec(name="toy_picky", target=f"{_HOME}:Met", scores=("met",), supports=_not_in_b),
        DetectorSpec(name="toy_needy", target=f"{_HOME}:Met", requires=("no-such-distribution>=3",)),
    ]  # fmt: skip


@hookimpl
def adbench_datasets() -> list[DatasetSpec]:
    """Return the toy data set."""
    return [
        DatasetSpec(
            name="toys",
            target=f"{_HOME}:ToyDataset",
            editions=("tiny", "other"),
            splits=("own", "k-folds"),
            reads=("data", "raw"),
        )
    ]
