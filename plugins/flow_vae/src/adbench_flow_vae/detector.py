"""The autoencoders as detectors; torch is imported where one is fitted or loaded, not with this module."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from adbench.api import Detector, DetectorError, Events, RunContext
from adbench_flow_vae.params import FlowVaeParams

if TYPE_CHECKING:
    from adbench_flow_vae.vae import Vae

__all__ = ["FlowVae"]

_WEIGHTS = "weights.npz"


class FlowVae(Detector):
    """A variational autoencoder of the objects of an event, with a flow in its latent space where asked for.

    Scores: ``chamfer``, the L1 Chamfer distance of the standardised objects to their reconstruction; ``kl``, the
    divergence of the event's posterior from the prior; ``rz``, sum_i (mu_i / sigma_i)^2. The last two see
    neither flow nor decoder.

    Source: Jawahar et al., arXiv:2110.08508.
    """

    Params = FlowVaeParams
    _network: Vae | None = None

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Fit scaling and network on background; stop early on validation background."""
        from adbench_flow_vae.training import train_vae

        self._network, _ = train_vae(self.params, train, validation, self.context)

    def score(self, events: Events) -> dict[str, NDArray[np.float32]]:
        """Return the scores ``chamfer``, ``kl`` and ``rz``, float32 (n,) each."""
        from adbench_flow_vae.scores import score_events

        return score_events(self._fitted(), events, self.context)

    def coordinates(self, events: Events) -> dict[str, NDArray[np.float32]]:
        """Return the means of the posteriors, (n, latent), in front of the flow and behind it."""
        from adbench_flow_vae.scores import latent_points

        return latent_points(self._fitted(), events, self.context)

    def save(self, folder: Path) -> None:
        """Write scaling and weights to ``weights.npz`` in the folder."""
        from adbench.torchkit import save_state

        save_state(folder / _WEIGHTS, self._fitted())

    @classmethod
    def load(cls, folder: Path, params: Any, context: RunContext) -> Self:
        """Return the detector that `save` wrote; raise DetectorError where the weights fit other parameters."""
        from adbench.torchkit import load_state
        from adbench_flow_vae.vae import Vae

        detector = cls(params, context)
        detector._network = Vae(detector.params)
        load_state(folder / _WEIGHTS, detector._network)
        return detector

    def _fitted(self) -> Vae:
        if self._network is None:
            msg = "this autoencoder has not been fitted: call fit() first"
            raise DetectorError(msg)
        return self._network
