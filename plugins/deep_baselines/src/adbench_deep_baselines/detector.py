"""What the detectors share: a network on the standardised table of events, fitted, scored and saved the same way."""

from __future__ import annotations

import copy
import json
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from adbench import torchkit
from adbench.api import Detector, DetectorError, Events, RunContext

__all__ = ["DeepDetector", "TableNetwork"]

_TABLE, _WEIGHTS = "table.json", "weights.npz"
_BATCH = 1024  # events scored at once; shapes no result


class TableNetwork(nn.Module):
    """A network that scores standardised columns.

    Args:
        columns: how many columns there are.
    """

    def __init__(self, columns: int) -> None:
        super().__init__()
        self.scale = torchkit.Standardiser((columns,))

    @abstractmethod
    def scores(self, x: Tensor) -> dict[str, Tensor]:
        """Return the named scores of standardised events (B, columns), (B,) each; higher is more anomalous."""


class DeepDetector(Detector):
    """A network on the columns of ``events.tabular()``, standardised with training background.

    Attributes:
        SCORES: names of the scores, the entry on the leaderboard first.
    """

    SCORES: ClassVar[tuple[str, ...]]
    _network: TableNetwork | None = None
    _leading: int = 0

    @abstractmethod
    def build(self, columns: int) -> TableNetwork:
        """Return a new network for this number of columns."""

    @abstractmethod
    def train(self, network: Any, train: torchkit.Sample, validation: torchkit.Sample) -> None:
        """Fit the network that `build` made.

        Args:
            network: on the device already, its scaling fitted.
            train: standardised columns (n, columns) and event weights (n,), the latter also as weights of the loss.
            validation: the same of validation background; may be empty.
        """

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Fit scaling and network on background; validation background decides when to stop.

        Raises:
            DetectorError: no events, weights without a positive sum, or a fit that fails.
        """
        device, self._leading = torchkit.device_of(self.context), train.tabular.leading
        table = train.tabular(self._leading)
        with torchkit.seeded(self.context, "initialisation"):
            network = self.build(table.shape[1])
        network.scale.fit(table, train.weights)
        network.to(device)

        def sample(columns: NDArray[np.float32], events: Events) -> torchkit.Sample:
            weights = torch.tensor(events.weights, device=device)
            with torch.no_grad():
                return torchkit.Sample((network.scale(torch.from_numpy(columns).to(device)), weights), weights)

        self.train(network, sample(table, train), sample(validation.tabular(self._leading), validation))
        self._network = network.eval()

    def score(self, events: Events) -> dict[str, NDArray[np.float32]]:
        """Return the named scores, float32 (n,) each.

        They are computed in float64: for some shapes of layers a matrix product rounds a row by its place in the
        batch, which would reach the last digits of a score.
        """
        device = torchkit.device_of(self.context)
        network = copy.deepcopy(self._fitted()).to(device, torch.float64).eval()

        def scores_of(batch: Events) -> dict[str, Tensor]:
            table = batch.tabular(self._leading).astype(np.float64)
            return network.scores(network.scale(torch.from_numpy(table).to(device)))

        return torchkit.score_in_batches(events, torchkit.batch_on(device, _BATCH), self.SCORES, scores_of)

    def save(self, folder: Path) -> None:
        """Write weights and scaling to ``weights.npz`` and the shape of the table to ``table.json``."""
        network = self._fitted()
        torchkit.save_state(folder / _WEIGHTS, network)
        shape = {"columns": len(network.scale.mean), "leading": self._leading}
        (folder / _TABLE).write_text(json.dumps(shape), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, params: Any, context: RunContext) -> Self:
        """Return the detector that `save` wrote; raise DetectorError where the weights fit other parameters."""
        detector = cls(params, context)
        try:
            shape = json.loads((folder / _TABLE).read_text(encoding="utf-8"))
            columns, detector._leading = int(shape["columns"]), int(shape["leading"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            msg = f"{folder / _TABLE} does not hold the shape of a table ({error}); fit the detector again"
            raise DetectorError(msg) from error
        detector._network = detector.build(columns)
        torchkit.load_state(folder / _WEIGHTS, detector._network)
        return detector

    def _fitted(self) -> TableNetwork:
        if self._network is None:
            msg = f"{type(self).__name__} has not been fitted: call fit() first"
            raise DetectorError(msg)
        return self._network
