"""The density that the events are drawn from, as a detector: the best test log-likelihood there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from adbench.api import DensityEstimator, DetectorError, Events, RunContext
from adbench_four_gluino.amplitude import draw_labels, log_label_probability
from adbench_four_gluino.card import LABELLED, PLAIN, events_of, labels_of, with_labels
from adbench_four_gluino.process import FOUR, P_FOUR, TWO, log_shares

__all__ = ["GluinoTruth"]

_IMPOSSIBLE = -1000.0
_MIXED, _FOUR = "mixed", "four"


@dataclass(frozen=True, slots=True)
class _Params:
    pass


class GluinoTruth(DensityEstimator):
    """log p of directions and labels from the weight that the generator draws from.

    Score: ``nll``, minus log p. Directions that no event can have, up to rounding, get a log p of -1000.
    """

    Params = _Params
    _channel: str | None = None

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Look whether there are pairs among the events; nothing else is learnt.

        Raises:
            DetectorError: the events are not those of the data set.
        """
        if train.schema not in (PLAIN, LABELLED):
            msg = "this density is that of the events of four_gluino; run it with --dataset four_gluino"
            raise DetectorError(msg)
        self._channel = _MIXED if ((train.kinds > 0).sum(axis=1) == 1).any() else _FOUR
        self._labelled = train.schema == LABELLED

    def score(self, events: Events) -> NDArray[np.float64]:
        """Return minus log p, (n,)."""
        return -self.log_prob(events)

    def log_prob(self, events: Events) -> NDArray[np.float64]:
        """Return log p of cosines and azimuths of all gluinos as they are named, and of the labels, (n,)."""
        pairs = (events.kinds > 0).sum(axis=1) == 1
        log_p = np.full(len(events), _IMPOSSIBLE)
        log_two, log_four = log_shares() if self._fitted() == _MIXED else (-np.inf, 0.0)
        for process, chosen, log_share in ((TWO, pairs, log_two), (FOUR, ~pairs, log_four)):
            rows = np.flatnonzero(chosen)
            some = events[rows]
            cosine, azimuth = (
                some.object(name)[:, : 1 if process is TWO else 4].astype(np.float64) for name in ("cos_theta", "phi")
            )
            found = log_share + process.log_density(cosine, azimuth)
            if self._labelled and process is FOUR:
                found = found + log_label_probability(process.momenta(cosine, azimuth)[0], labels_of(some))
            log_p[rows] = np.maximum(found, _IMPOSSIBLE)
        return log_p

    def sample(self, n: int, rng: np.random.Generator) -> Events:
        """Return n events from the density, as many pairs among them as there are by cross-section."""
        if self._fitted() == _MIXED:
            four = int(rng.binomial(n, P_FOUR))
            parts = [events_of(TWO.draw(n - four, rng), 0), events_of(FOUR.draw(four, rng), n - four)]
            return Events.concatenate(parts)[rng.permutation(n)]
        momenta = FOUR.draw(n, rng)
        if not self._labelled:
            return events_of(momenta, 0, PLAIN)
        return with_labels(events_of(momenta, 0, LABELLED), draw_labels(momenta, rng))

    def save(self, folder: Path) -> None:
        """Write which kind of channel it is for."""
        (folder / "channel.txt").write_text(f"{self._fitted()} {int(self._labelled)}\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, params: Any, context: RunContext) -> Self:
        """Return what `save` wrote; raise DetectorError where it is damaged."""
        detector = cls(params, context)
        try:
            channel, labelled = (folder / "channel.txt").read_text(encoding="utf-8").split()
            detector._channel, detector._labelled = channel, bool(int(labelled))
        except (OSError, ValueError) as error:
            msg = f"{folder / 'channel.txt'} is damaged ({error}); run it again"
            raise DetectorError(msg) from error
        return detector

    def _fitted(self) -> str:
        if self._channel is None:
            msg = "this density does not know its channel: call fit() first"
            raise DetectorError(msg)
        return self._channel
