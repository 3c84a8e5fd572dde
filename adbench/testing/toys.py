"""A data set and detectors small enough to see through, for tests of the harness and of plugins."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from adbench.api import (
    DataError,
    Dataset,
    DatasetInfo,
    DensityEstimator,
    Detector,
    Events,
    EventSchema,
    Kind,
    Quantity,
    RunContext,
)

__all__ = ["SCHEMA", "ToyDataset", "toy_events"]

SCHEMA = EventSchema(
    object_features=(
        Quantity("E", "GeV"),
        Quantity("pt", "GeV"),
        Quantity("eta"),
        Quantity("phi", "rad", periodic=True),
    ),
    kinds=(Kind("j", "jet", jet=True), Kind("e-", "electron")),
    features=(Quantity("met", "GeV"), Quantity("met_phi", "rad", periodic=True)),
    processes=("background", "signal"),
)

_SIGNALS = {"a": ("bump_1", "bump_2", "shift"), "b": ("shift",)}
_MET = {"bump_1": 200.0, "bump_2": 220.0, "shift": 120.0}  # mean missing energy in GeV; background has 60


def toy_events(n: int, met: float, seed: int, slots: int = 5) -> Events:
    """Return n events with exponential missing energy and jet momenta (GeV), 1 to `slots` objects each."""
    rng = np.random.default_rng(seed)
    kinds = np.where(np.arange(slots) < rng.integers(1, slots + 1, (n, 1)), 1, 0)
    kinds = np.where((kinds > 0) & (rng.random((n, slots)) < 0.2), 2, kinds)
    pt = -np.sort(-rng.exponential(50.0, (n, slots)) - 20.0, axis=1)
    eta, phi = rng.normal(0.0, 1.0, (n, slots)), rng.uniform(-np.pi, np.pi, (n, slots))
    objects = np.stack([pt * np.cosh(eta), pt, eta, phi], axis=2) * (kinds > 0)[:, :, None]
    features = np.stack([rng.exponential(met, n), rng.uniform(-np.pi, np.pi, n)], axis=1)
    aux: dict[str, NDArray[Any]] = {
        "row": np.arange(n),
        "source": np.arange(n) + 1000 * seed,
        "process": np.full(n, int(met > 60.0), np.int16),
        "mass": 1000.0 + np.random.default_rng([seed, 1]).exponential(300.0, n),  # GeV; of nothing, for searches
    }
    return Events.build(SCHEMA, objects, kinds, features, aux=aux)


class ToyDataset(Dataset):
    """Channels ``a`` (three signals in two families, unlabelled data) and ``b`` (one signal).

    Options: ``size`` (test events, default 400), ``broken`` (raises DataError), ``revision`` (changes the
    fingerprint); split ``k-folds`` is supported.
    """

    @property
    def info(self) -> DatasetInfo:
        """Describe the toy."""
        folds = self.options.folds if self.options.split == "k-folds" else 1
        return DatasetInfo(
            name="toys",
            edition=self.options.edition or "tiny",
            channels=("a", "b"),
            signals=_SIGNALS,
            families={"bump_1": "bump", "bump_2": "bump"},
            split=f"k-folds({folds})" if folds > 1 else "own",
            folds=folds,
            summary="exponential missing energy",
            notes=("a toy",),
            masses=("mass",),
        )

    def fingerprint(self, channel: str) -> str:
        """Return the revision."""
        return f"toy-{channel}-{self.options.options.get('revision', 1)}"

    def train(self, channel: str) -> Events:
        """Return 600 events."""
        return self._background(channel, "train", 600)

    def validation(self, channel: str) -> Events:
        """Return 200 events."""
        return self._background(channel, "validation", 200)

    def background(self, channel: str) -> Events:
        """Return the test background."""
        return self._background(channel, "test", self._size)

    def signal(self, channel: str, name: str) -> Events:
        """Return 500 events of a signal."""
        self.info.check_signal(channel, name)
        return toy_events(500, _MET[name], seed=50 + list(_MET).index(name))

    def unlabelled(self, channel: str) -> Events | None:
        """Return 50 events in channel a."""
        return toy_events(50, 80.0, seed=70) if channel == "a" else None

    def fold(self, index: int) -> Dataset:
        """Return the view of one fold: other events for each; the whole where there are no folds."""
        return self if self.info.folds == 1 else _ToyFold(self, index)

    @property
    def _size(self) -> int:
        return int(self.options.options.get("size", 400))

    def prepare(self, channel: str) -> None:
        """Raise the DataError that the option ``broken`` asks for."""
        if self.options.options.get("broken"):
            msg = "toys.csv:7: expected 5 fields, found 3"
            raise DataError(msg)

    def _background(self, channel: str, part: str, n: int) -> Events:
        return toy_events(n, 60.0, seed=["train", "validation", "test"].index(part) + 10 * (channel == "b"))


class _ToyFold(ToyDataset):
    def __init__(self, whole: ToyDataset, index: int) -> None:
        super().__init__(whole.options)
        self._index = index

    def background(self, channel: str) -> Events:
        """Return the rows of the test background that belong to this fold."""
        events = super().background(channel)
        return events[np.arange(len(events)) % self.info.folds == self._index]


@dataclass(frozen=True, slots=True)
class ToyParams:
    """Parameters of the toy detectors."""

    power: float = 1.0  # exponent of MET in the score; any value gives the same ranking
    epochs: int = 3  # how many steps are reported
    seconds: float = 0.0  # time spent on each step
    layers: tuple[int, ...] = (4, 2)  # unused by the score; shows how lists are given


class Met(Detector):
    """Missing energy, with a latent coordinate and a reported training."""

    Params = ToyParams

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Report some steps; keep the mean missing energy."""
        if train.aux or validation.aux or priors:
            msg = "an unsupervised detector must see neither aux nor priors"
            raise AssertionError(msg)
        for epoch in range(self.params.epochs):
            time.sleep(self.params.seconds)
            self.context.progress("fit", epoch + 1, self.params.epochs, loss=1.0 / (epoch + 1))
        self.mean = float(train.feature("met").mean())

    def score(self, events: Events) -> Mapping[str, NDArray[Any]]:
        """Return two scores: MET over its mean, and the same with noise of the event's own."""
        plain = (events.feature("met") / self.mean) ** self.params.power
        return {"met": plain, "noisy": plain + 0.1 * self.context.normal(events, 1, "toy")[:, 0]}

    def coordinates(self, events: Events) -> Mapping[str, NDArray[Any]]:
        """Return MET and HT."""
        return {"plane": np.stack([events.feature("met"), events.object("pt").sum(axis=1)], axis=1)}

    def save(self, folder: Path) -> None:
        """Write the mean."""
        (folder / "mean.txt").write_text(repr(self.mean), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, params: Any, context: RunContext) -> Self:
        """Read the mean."""
        detector = cls(params, context)
        detector.mean = float((folder / "mean.txt").read_text(encoding="utf-8"))
        return detector


class NearestPrior(Detector):
    """Semi-supervised: closeness in log MET to the mean of the nearest prior that is not withheld."""

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Keep the mean log MET of each prior."""
        self.means = {name: float(np.log(events.feature("met")).mean()) for name, events in priors.items()}

    def for_target(self, withheld: frozenset[str]) -> Detector:
        """Return a view that knows only the other priors."""
        view = NearestPrior(self.params, self.context)
        view.means = {name: mean for name, mean in self.means.items() if name not in withheld}
        return view

    def score(self, events: Events) -> NDArray[Any]:
        """Return minus the distance to the nearest mean; without any, missing energy."""
        log_met = np.log(events.feature("met"))
        if not self.means:
            return np.asarray(log_met)
        return np.asarray(-np.min([np.abs(log_met - mean) for mean in self.means.values()], axis=0))


class ExponentialDensity(DensityEstimator):
    """The density of missing energy as an exponential; its log is the score with the other sign."""

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Estimate the mean in GeV."""
        self.mean = float(train.feature("met").mean())

    def log_prob(self, events: Events) -> NDArray[Any]:
        """Return -x/m - log m, in 1/GeV."""
        return np.asarray(-events.feature("met") / self.mean - np.log(self.mean), np.float64)

    def score(self, events: Events) -> NDArray[Any]:
        """Return -log p."""
        return -self.log_prob(events)

    def sample(self, n: int, rng: np.random.Generator) -> Events:
        """Return events with the fitted missing energy and nothing else."""
        met = np.stack([rng.exponential(self.mean, n), np.zeros(n)], axis=1)
        return Events.build(SCHEMA, np.zeros((n, 1, 4)), np.zeros((n, 1)), met)
