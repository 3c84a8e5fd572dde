"""The contract of a detector: learn background, then score events; higher means more anomalous."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from adbench.api.context import RunContext
from adbench.api.errors import DetectorError
from adbench.api.events import Events
from adbench.api.params import NoParams

__all__ = ["DensityEstimator", "Detector"]

Scores = NDArray[np.floating[Any]]


class Detector(ABC):
    """Base class of all detectors.

    Subclasses implement `fit` and `score`, and set `Params` where they have any: a frozen dataclass whose defaults
    and field comments say what the paper used.

    Attributes:
        Params: the type of `params`.
        params: resolved parameters of this run.
        context: seed, threads, device and progress of this run.
    """

    Params: ClassVar[type] = NoParams

    def __init__(self, params: Any = None, context: RunContext | None = None) -> None:
        self.params: Any = type(self).Params() if params is None else params
        self.context = RunContext() if context is None else context

    @abstractmethod
    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Learn from background.

        Args:
            train: background events to learn from.
            validation: background events for early stopping and choices of hyperparameters.
            priors: signal examples by name; empty for an unsupervised detector.
        """

    @abstractmethod
    def score(self, events: Events) -> Scores | Mapping[str, Scores]:
        """Return one finite number per event, shape (n,), or several named ones; higher is more anomalous.

        The result for an event must not depend on the other events of the call: the harness hands over a large
        sample in blocks of at most 65,536 events, so that memory does not grow with the sample.
        """

    def for_target(self, withheld: frozenset[str]) -> Detector:
        """Return a new view of the fitted detector that makes no use of the withheld priors; leave this one as it is.

        Every semi-supervised detector writes this: ``copy.copy(self)`` with its axes or reductions made again, or a
        detector that is trained again. The harness calls it before scoring a signal, with all priors of that signal's
        family; a run fails when it is missing or returns the detector itself. No other detector needs it.
        """
        return self

    def coordinates(self, events: Events) -> Mapping[str, Scores]:
        """Return optional per-event coordinates, shape (n, d) each: a latent or loss space; stored, never ranked."""
        return {}

    def save(self, folder: Path) -> None:
        """Write all that `load` needs into a folder. Optional; `can_save` tells whether a detector does."""
        msg = f"{type(self).__name__} cannot be saved"
        raise NotImplementedError(msg)

    @classmethod
    def load(cls, folder: Path, params: Any, context: RunContext) -> Self:
        """Return the fitted detector that `save` wrote."""
        msg = f"{cls.__name__} cannot be loaded"
        raise NotImplementedError(msg)

    @classmethod
    def can_save(cls) -> bool:
        """Tell whether the detector implements both `save` and `load`; raise DetectorError for a load of no class."""
        load = inspect.getattr_static(cls, "load")
        if not isinstance(load, classmethod):
            write = "@classmethod above def load(cls, folder, params, context)"
            msg = f"{cls.__name__}.load is no class method; write {write}"
            raise DetectorError(msg)
        return cls.save is not Detector.save and load is not Detector.__dict__["load"]


class DensityEstimator(Detector):
    """A detector with a normalised density over events."""

    @abstractmethod
    def log_prob(self, events: Events) -> Scores:
        """Return log p(event), shape (n,), in the schema's units, with every Jacobian of scaling included.

        A lower bound is allowed where the detector's documentation says so.
        """

    @abstractmethod
    def sample(self, n: int, rng: np.random.Generator) -> Events:
        """Return n events drawn from the density."""
