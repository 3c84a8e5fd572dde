"""`set_vae` as a detector."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from adbench.api import Detector, DetectorError, Events, RunContext
from adbench_flow_vae.set_vae.params import SetVaeParams
from adbench_flow_vae.table import SET_SCORES

if TYPE_CHECKING:
    from torch import Tensor

    from adbench_flow_vae.set_vae.network import SetVae

__all__ = ["SetVaeDetector"]

_WEIGHTS = "weights.npz"


class SetVaeDetector(Detector):
    """A VAE of sets of objects with attention over real objects and an order-free likelihood (ours).

    Scores: ``fisher``, the sum of -log p-value over the numbers of objects, MET, and the mean surprise of an
    object, each compared with validation background (Fisher's method; no weights to choose); ``nll``, minus the
    evidence lower bound at the mean of the posterior, in nats; ``per_object``, the same with the objects'
    part divided by their number, as arXiv:2306.03933, section 4, does for jets.
    """

    Params = SetVaeParams
    _network: SetVae | None = None

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Fit scaling and network on background; the best epoch and the tails come from validation background."""
        from adbench_flow_vae.set_vae.training import train_set_vae

        self._network, _ = train_set_vae(self.params, train, validation, self.context)

    def score(self, events: Events) -> dict[str, NDArray[np.float32]]:
        """Return the scores ``fisher``, ``nll`` and ``per_object``, float32 (n,) each."""
        import torch

        from adbench import torchkit
        from adbench_flow_vae.set_vae.inputs import tables
        from adbench_flow_vae.set_vae.training import BATCH

        network, device = self._fitted(), torchkit.device_of(self.context)
        network.to(device).eval()

        def scores_of(batch: Events) -> dict[str, Tensor]:
            objects, kinds, numbers = (torch.from_numpy(table).to(device) for table in tables(batch))
            return network.scores(objects, kinds, numbers)

        return torchkit.score_in_batches(events, BATCH, SET_SCORES, scores_of)

    def save(self, folder: Path) -> None:
        """Write scaling, weights and tails to ``weights.npz`` in the folder."""
        from adbench.torchkit import save_state

        save_state(folder / _WEIGHTS, self._fitted())

    @classmethod
    def load(cls, folder: Path, params: Any, context: RunContext) -> Self:
        """Return the detector that `save` wrote; raise DetectorError where the weights fit other parameters."""
        from adbench.torchkit import load_state
        from adbench_flow_vae.set_vae.network import SetVae

        detector = cls(params, context)
        detector._network = SetVae(detector.params)
        load_state(folder / _WEIGHTS, detector._network)
        return detector

    def _fitted(self) -> SetVae:
        if self._network is None:
            msg = "this autoencoder has not been fitted: call fit() first"
            raise DetectorError(msg)
        return self._network
