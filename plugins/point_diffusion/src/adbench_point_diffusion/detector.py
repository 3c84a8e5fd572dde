"""The diffusion models as detectors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from adbench.api import DensityEstimator, DetectorError, Events, RunContext
from adbench_point_diffusion.params import DiffusionParams
from adbench_point_diffusion.table import SCORES

if TYPE_CHECKING:
    from torch import Tensor

    from adbench_point_diffusion.model import PointDiffusion

__all__ = ["PointDiffusionDetector"]

_BATCH = 128  # of scoring; shapes no result
_TERMS = ("numbers", "objects")
_WIDTH = 10  # events are scored together with those of as many tens of objects


class PointDiffusionDetector(DensityEstimator):
    """-log p of a jet or an event, by the probability flow of two diffusion models (arXiv:2306.03933).

    Scores, in nats and in the coordinates of `View`: ``normalised``, -log p(event) - log p(objects | event) / N with N
    objects; ``nll``, the same without the division; ``event`` and ``objects``, the two terms of the first.
    """

    Params = DiffusionParams
    _model: PointDiffusion | None = None

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Fit scaling, table and networks on background; the best epoch is that of validation background."""
        from adbench_point_diffusion.training import train_diffusion

        if train.schema.categories:
            self.context.note("labels of the event are not modelled")
        self._model, _ = train_diffusion(self.params, train, validation, self.context)

    def score(self, events: Events) -> dict[str, NDArray[np.float32]]:
        """Return the scores, float32 (n,) each."""
        from adbench_point_diffusion.order import in_order

        model = self._fitted()
        slots = model.view.slots
        ordered = in_order(events, slots)
        kinds = ordered.kinds[:, :slots].astype(np.int64)
        number = (kinds > 0).sum(axis=1)
        widths = _WIDTH * np.maximum(-(-number // _WIDTH), 1)
        log_p = {name: np.zeros(len(events)) for name in _TERMS}
        for width in np.unique(widths):
            rows = np.flatnonzero(widths == width)
            for name, values in self._log_p(ordered[rows], min(int(width), slots)).items():
                log_p[name][rows] = values
        event = -log_p["numbers"] - model.kind_counts().log_prob(kinds)
        objects = -log_p["objects"] / np.maximum(number, 1)
        found = (event + objects, event - log_p["objects"], event, objects)
        return {name: values.astype(np.float32) for name, values in zip(SCORES, found, strict=True)}

    def log_prob(self, events: Events) -> NDArray[np.float64]:
        """Return log p in GeV and rad, (n,), of what the view keeps of the events; kinds and numbers as probabilities.

        The density is in jet masses in place of their energies, and that of objects labelled within each kind: the
        product of n_k! over kinds smaller than that of the set. ``solver=bound`` gives a lower bound.
        """
        view = self._fitted().view
        return np.asarray(view.log_jacobian(events) - self.score(events)["nll"], np.float64)

    def sample(self, n: int, rng: np.random.Generator) -> Events:
        """Return n events drawn from the density, with at most ``slots`` objects each."""
        from adbench_point_diffusion.drawing import draw_events

        return draw_events(self._fitted().to("cpu").eval(), n, rng)

    def save(self, folder: Path) -> None:
        """Write weights and scaling, the table of kinds, and what objects and numbers are called."""
        from adbench_point_diffusion.storing import save_model

        save_model(folder, self._fitted())

    @classmethod
    def load(cls, folder: Path, params: Any, context: RunContext) -> Self:
        """Return the detector that `save` wrote; raise DetectorError where the files fit other parameters."""
        from adbench_point_diffusion.storing import load_model

        detector = cls(params, context)
        detector._model = load_model(folder, detector.params)
        return detector

    def _log_p(self, ordered: Events, width: int) -> dict[str, NDArray[np.float32]]:
        """Return both terms of log p, (n,) each, of events with at most `width` objects that count."""
        import torch

        from adbench import torchkit

        model, device = self._fitted(), torchkit.device_of(self.context)
        model.to(device).eval()

        def terms(batch: Events) -> dict[str, Tensor]:
            numbers, *of_objects = model.view.tables(batch)
            noise = self.context.uniform(batch, model.uniforms(), "likelihood")
            with torch.inference_mode(False), torch.no_grad():  # traces are made of backward passes
                x = torch.from_numpy(numbers).to(device)
                objects, there, kinds = (torch.from_numpy(table[:, :width]).to(device) for table in of_objects)
                uniform = torch.from_numpy(noise).to(device, torch.float32)
                found = model.log_event(x), model.log_objects(x, objects, there, kinds, uniform)
            return dict(zip(_TERMS, found, strict=True))

        return torchkit.score_in_batches(ordered, torchkit.batch_on(device, _BATCH), _TERMS, terms)

    def _fitted(self) -> PointDiffusion:
        if self._model is None:
            msg = "this diffusion model has not been fitted: call fit() first"
            raise DetectorError(msg)
        return self._model
