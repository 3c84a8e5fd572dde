"""The comparison of the paper's section 2: a classifier in the latent space of one network, not in a loss space."""

from __future__ import annotations

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

__all__ = ["QuakLatent"]

Floats = NDArray[np.float64]

_HELD_OUT = 5  # one of so many sources of a prior is kept from the network, for the reduction
_BATCH = 4096


class QuakLatent(Detector):
    """One flow VAE learns background and priors together; the reduction tells them apart at the mean of its posterior.

    Before a signal is scored, the network is trained again without the priors of its family. Without any prior the
    score is the bound of -log p.
    """

    Params = QuakParams
    _reduction: Reduction | None = None

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        """Fit the network on background and priors, then the reduction on events that it did not see."""
        self._samples = train, validation, priors
        self._learn(frozenset())

    def for_target(self, withheld: frozenset[str]) -> Self:
        """Return a detector that is trained again without the withheld priors."""
        if self._reduction is None:
            msg = "this detector has not been fitted: call fit() first"
            raise DetectorError(msg)
        view = type(self)(self.params, self.context)
        view._samples = self._samples
        view._learn(withheld)
        return view

    def score(self, events: Events) -> dict[str, Floats]:
        """Return ``latent``, float64 (n,)."""
        if self._reduction is None:
            msg = "this detector has not been fitted: call fit() first"
            raise DetectorError(msg)
        return {"latent": self._reduction(self._points(events))}

    def _learn(self, withheld: frozenset[str]) -> None:
        from adbench_quak.inputs import Inputs
        from adbench_quak.training import train_vae

        train, validation, priors = self._samples
        usual = validation if len(validation) else train
        learned, kept = [train.stripped()], [usual.stripped()]
        for name in sorted(set(priors) - withheld):
            chosen = held_out(priors[name], _HELD_OUT, self.context.rng("held out", name))
            kept.append(priors[name][chosen].stripped())
            learned.append(priors[name][~chosen].stripped())
        self._inputs: Inputs = Inputs.of(train, self.params.columns)
        pooled, choosing = Events.concatenate(learned), Events.concatenate(kept)
        self._network: NfVae = train_vae(self.params, self._inputs, pooled, choosing, self.context, "pooled")
        self._by_bound = len(kept) == 1
        points = [self._points(events) for events in kept]
        self._reduction = learn(self.params.reduction, points[0], points[1:], self.context.seed % 2**32)

    def _points(self, events: Events) -> Floats:
        """Return the means of the posterior, (n, latent); the bound alone, (n, 1), where there is no prior."""
        import torch

        from adbench import torchkit

        device = torchkit.device_of(self.context)
        network = self._network.to(device).eval()
        names = ("bound",) if self._by_bound else tuple(f"z{i}" for i in range(self.params.latent))

        def points(batch: Events) -> dict[str, Tensor]:
            x = torch.from_numpy(self._inputs.table(batch)).to(device)
            found = network.bound(x)[:, None] if self._by_bound else network.mean(x)
            return dict(zip(names, found.unbind(1), strict=True))

        found = torchkit.score_in_batches(events, _BATCH, names, points)
        return np.stack([found[name].astype(np.float64) for name in names], axis=1)
