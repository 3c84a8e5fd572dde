"""The space of losses and its reductions as detectors."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from adbench.api import Detector, DetectorError, Events, held_out
from adbench_quak.params import QuakParams
from adbench_quak.reductions import Reduction, learn

if TYPE_CHECKING:
    from torch import Tensor

    from adbench_quak.inputs import Inputs
    from adbench_quak.vae import NfVae

__all__ = ["Quak"]

Floats = NDArray[np.float64]

_BACKGROUND = "background"
_HELD_OUT = 5  # one of so many sources of a prior is kept from the networks, for reductions
_BATCH = 4096
_TINY = 1e-9


class Quak(Detector):
    """Losses of one flow VAE for background and one for each prior, reduced to a score (arXiv:2011.03550).

    The loss of an event in a network is its bound of -log p, or the logarithm of its squared error (``coordinate``).
    Scores: ``quak``, the reduction of the losses that parameters choose; ``background_loss``, the background
    network's loss alone, which makes no use of priors. `coordinates` holds the losses.
    """

    Params = QuakParams

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Fit a network on background and one on each prior, then the reduction on events that none of them saw."""
        from adbench_quak.inputs import Inputs
        from adbench_quak.training import train_vae

        self._inputs: Inputs = Inputs.of(train, self.params.columns)
        self._networks: dict[str, NfVae] = {
            _BACKGROUND: train_vae(self.params, self._inputs, train, validation, self.context, _BACKGROUND)
        }
        if not len(validation):
            self.context.note("no validation background: reductions are made on events that networks were trained on")
        kept: dict[str, Events] = {_BACKGROUND: validation if len(validation) else train}
        for name in sorted(priors):
            chosen = held_out(priors[name], _HELD_OUT, self.context.rng("held out", name))
            kept[name], learned = priors[name][chosen], priors[name][~chosen]
            self._networks[name] = train_vae(self.params, self._inputs, learned, kept[name], self.context, name)
        self._withheld: frozenset[str] = frozenset()
        if any(np.ptp(events.weights) > 0 for events in kept.values() if len(events)):
            self.context.note("in reductions events of different weights count the same; networks learn with weights")
        self._held_out = {name: self.losses(events) for name, events in kept.items()}
        self._reduction = self._learn()

    def for_target(self, withheld: frozenset[str]) -> Self:
        """Return the detector without the axes of the withheld priors, its reduction made again."""
        view = copy.copy(self)
        view._withheld = withheld
        view._reduction = view._learn()
        return view

    def score(self, events: Events) -> dict[str, Floats]:
        """Return the scores ``quak`` and ``background_loss``, float64 (n,) each."""
        losses = self.losses(events)
        return {"quak": self.reduced(losses), "background_loss": losses[_BACKGROUND]}

    def reduced(self, losses: Mapping[str, Floats]) -> Floats:
        """Return the score ``quak``, (n,), of events whose losses are known, those of withheld priors unused."""
        return self._reduction(self._axes(losses))

    def coordinates(self, events: Events) -> dict[str, Floats]:
        """Return the losses, (n, 1 + priors): background first, then the priors by name."""
        losses = self.losses(events)
        return {"losses": np.stack([losses[name] for name in [_BACKGROUND, *self._priors()]], axis=1)}

    def _priors(self) -> list[str]:
        return [name for name in self._networks if name != _BACKGROUND and name not in self._withheld]

    def _learn(self) -> Reduction:
        background = self._axes(self._held_out[_BACKGROUND])
        priors = [self._axes(self._held_out[name]) for name in self._priors()]
        return learn(self.params.reduction, background, priors, self.context.seed % 2**32)

    def _axes(self, losses: Mapping[str, Floats]) -> Floats:
        """Return the axes that the reduction sees, (n, 1 + axes)."""
        background = losses[_BACKGROUND][:, None]
        names = self._priors()
        if not names:
            return background
        signal = np.stack([losses[name] for name in names], axis=1)
        number = {"all": signal.shape[1], "nearest": 1, "two_nearest": 2}[self.params.axes]
        if self.params.axes != "all":
            signal = np.sort(signal, axis=1)[:, :number]
        return np.concatenate([background, signal], axis=1)

    def losses(self, events: Events) -> dict[str, Floats]:
        """Return the loss of each event in each network, float64 (n,), by prior and ``background``."""
        import torch

        from adbench import torchkit

        networks = getattr(self, "_networks", None)
        if networks is None:
            msg = "this detector has not been fitted: call fit() first"
            raise DetectorError(msg)
        device = torchkit.device_of(self.context)
        for network in networks.values():
            network.to(device).eval()

        def losses(batch: Events) -> dict[str, Tensor]:
            x = torch.from_numpy(self._inputs.table(batch)).to(device)
            if self.params.coordinate == "bound":
                return {name: network.bound(x) for name, network in networks.items()}
            return {name: network.error(x).clamp(min=_TINY).log() for name, network in networks.items()}

        found = torchkit.score_in_batches(events, _BATCH, tuple(networks), losses)
        return {name: values.astype(np.float64) for name, values in found.items()}
