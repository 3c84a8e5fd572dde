"""Cuts on one observable: the searches that a trained detector has to beat."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from adbench.api import (
    Detector,
    Events,
    EventSchema,
    RunContext,
    UnsuitedError,
    effective_mass,
    missing_energy,
    scalar_sum,
)

__all__ = ["Cut", "EffectiveMassCut", "MissingEnergyCut", "ScalarSumCut"]


class Cut(Detector):
    """Ranks events by one observable in GeV; nothing is learnt.

    `fit` and `score` raise UnsuitedError where events lack what the observable is made of. There are no parameters: the
    threshold is the working point.
    """

    @abstractmethod
    def observable(self, events: Events) -> NDArray[np.float32]:
        """Return float32 (n,): the observable in GeV."""

    @abstractmethod
    def lacking(self, schema: EventSchema) -> str:
        """Return what events of this schema lack for the observable; empty when they have all of it."""

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Check that the observable exists for these events."""
        self._require(train.schema)

    def score(self, events: Events) -> NDArray[np.float32]:
        """Return float32 (n,): the observable in GeV."""
        self._require(events.schema)
        return self.observable(events)

    def save(self, folder: Path) -> None:
        """Write nothing: a cut has no fitted state."""

    @classmethod
    def load(cls, folder: Path, params: Any, context: RunContext) -> Self:
        """Return the cut."""
        return cls(params, context)

    def _require(self, schema: EventSchema) -> None:
        lacking = self.lacking(schema)
        if lacking:
            msg = f"{type(self).__name__} needs {lacking}; leave this detector out for this data set"
            raise UnsuitedError(msg)


class MissingEnergyCut(Cut):
    """Missing transverse energy."""

    def observable(self, events: Events) -> NDArray[np.float32]:
        """Return float32 (n,): MET in GeV."""
        return missing_energy(events)

    def lacking(self, schema: EventSchema) -> str:
        """Name the event feature ``met`` where it is lacking."""
        if schema.has_feature("met"):
            return ""
        names = [feature.name for feature in schema.features]
        have = ", ".join([*names[:6], *[f"and {len(names) - 6} more"] * (len(names) > 6)]) or "none"
        return f"the event feature 'met' (these events have: {have})"


class ScalarSumCut(Cut):
    """HT, the scalar sum of jet transverse momenta, b jets included."""

    def observable(self, events: Events) -> NDArray[np.float32]:
        """Return float32 (n,): HT in GeV."""
        return scalar_sum(events)

    def lacking(self, schema: EventSchema) -> str:
        """Name the transverse momentum or the kinds of jets where they are lacking."""
        if not schema.has_object_feature("pt"):
            have = ", ".join(feature.name for feature in schema.object_features) or "none"
            return f"the object feature 'pt' (these objects have: {have})"
        if not any(kind.jet for kind in schema.kinds):
            have = ", ".join(kind.name for kind in schema.kinds) or "none"
            return f"a kind of object that is a jet (these events have: {have})"
        return ""


class EffectiveMassCut(ScalarSumCut, MissingEnergyCut):
    """Effective mass, HT + MET."""

    def observable(self, events: Events) -> NDArray[np.float32]:
        """Return float32 (n,): HT + MET in GeV."""
        return effective_mass(events)

    def lacking(self, schema: EventSchema) -> str:
        """Name the first thing that HT or MET lacks."""
        return ScalarSumCut.lacking(self, schema) or MissingEnergyCut.lacking(self, schema)
