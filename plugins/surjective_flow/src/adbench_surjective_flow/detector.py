"""The surjective flows as detectors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from adbench.api import DensityEstimator, DetectorError, Events, EventSchema, RunContext
from adbench_surjective_flow.params import SurjectiveParams
from adbench_surjective_flow.table import SCORES

if TYPE_CHECKING:
    from torch import Tensor

    from adbench_surjective_flow.network import SurjectiveFlow

__all__ = ["SurjectiveFlowDetector"]

_WEIGHTS, _KINDS, _SCHEMA = "weights.npz", "kinds.npz", "schema.json"
_BATCH = 1024  # of scoring; shapes no result


class SurjectiveFlowDetector(DensityEstimator):
    """-log p of an event with any number of objects of any kind (Verheyen, arXiv:2205.01697).

    Score: ``nll``, minus the log-density of the n_max hardest objects and of MET in the logarithmic coordinates of
    `View`, in nats. For a stochastic order, dequantized kinds or noise in empty slots it is a bound that averages
    ``draws`` arrangements, drawn from the content of the event.
    """

    Params = SurjectiveParams
    _network: SurjectiveFlow | None = None

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Fit scaling, tables and networks on background; the best epoch is that of validation background."""
        from adbench_surjective_flow.training import train_flow

        self._network, _ = train_flow(self.params, train, validation, self.context)

    def score(self, events: Events) -> dict[str, NDArray[np.float32]]:
        """Return ``nll``, float32 (n,)."""
        return {SCORES[0]: -self._log_p(events)}

    def log_prob(self, events: Events) -> NDArray[np.float64]:
        """Return log p, or a lower bound of it, in GeV and rad, (n,), of what the view keeps of the events.

        With ``energy=mass`` it is a density in jet masses in place of energies. For n objects it is that of labelled
        ones: n! times smaller than that of the set.
        """
        view = self._fitted().view
        jacobian = [view.log_jacobian(events[i : i + _BATCH]) for i in range(0, len(events), _BATCH)]
        return np.asarray(self._log_p(events) + np.concatenate([np.zeros(0), *jacobian]), np.float64)

    def sample(self, n: int, rng: np.random.Generator) -> Events:
        """Return n events drawn from the density, with at most n_max objects each."""
        from adbench_surjective_flow.sampling import draw_events

        network = self._fitted().to("cpu").eval()
        return draw_events(network, n, rng)

    def save(self, folder: Path) -> None:
        """Write weights and scaling, the table of kinds, and what objects and numbers are called."""
        from adbench.torchkit import save_state

        network = self._fitted()
        save_state(folder / _WEIGHTS, network)
        (folder / _SCHEMA).write_text(json.dumps(network.view.schema.as_dict()) + "\n", encoding="utf-8")
        if network.kind_tuples is not None:
            tuples = network.kind_tuples
            np.savez(
                folder / _KINDS,
                codes=tuples.codes,
                counts=tuples.counts,
                log_simple=tuples.log_simple,
                log_number=tuples.log_number,
            )

    @classmethod
    def load(cls, folder: Path, params: Any, context: RunContext) -> Self:
        """Return the detector that `save` wrote; raise DetectorError where the files fit other parameters."""
        from adbench.torchkit import load_state
        from adbench_surjective_flow.inputs import View
        from adbench_surjective_flow.labels import KindTuples
        from adbench_surjective_flow.network import SurjectiveFlow

        detector, tuples = cls(params, context), None
        try:
            schema = EventSchema.from_dict(json.loads((folder / _SCHEMA).read_text(encoding="utf-8")))
            if detector.params.discrete == "mixture":
                with np.load(folder / _KINDS, allow_pickle=False) as stored:
                    tuples = KindTuples(
                        **{name: stored[name] for name in stored.files},
                        shuffled=detector.params.order == "stochastic",
                        smoothing=detector.params.smoothing,
                    )
        except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile) as error:
            msg = f"{folder} holds no fitted surjective flow ({error}); fit the detector again"
            raise DetectorError(msg) from error
        network = SurjectiveFlow(detector.params, View.of(schema, detector.params))
        load_state(folder / _WEIGHTS, network)
        network.kind_tuples = tuples
        detector._network = network
        return detector

    def _log_p(self, events: Events) -> NDArray[np.float32]:
        """Return log p in the coordinates of the view, float32 (n,)."""
        import torch

        from adbench import torchkit

        network, device = self._fitted(), torchkit.device_of(self.context)
        network.to(device).eval()
        draws = self.params.draws if network.random else 1

        def log_p(batch: Events) -> dict[str, Tensor]:
            values, there, kinds, labels = (torch.from_numpy(table).to(device) for table in network.view.tables(batch))
            noise = self.context.uniform(batch, draws * network.uniforms, "draws") if network.random else None
            shape = (len(batch), draws, network.uniforms)
            uniform = torch.zeros(shape) if noise is None else torch.from_numpy(noise).view(shape).float()
            return {SCORES[0]: network.log_prob(values, there, kinds, labels, uniform.to(device))}

        return torchkit.score_in_batches(events, torchkit.batch_on(device, _BATCH), SCORES, log_p)[SCORES[0]]

    def _fitted(self) -> SurjectiveFlow:
        if self._network is None:
            msg = "this flow has not been fitted: call fit() first"
            raise DetectorError(msg)
        return self._network
