"""The signal examples of a channel, after a look at whether they are what may be learnt from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from adbench.api.dataset import Dataset, prior_half, source_ids
from adbench.api.errors import PluginError
from adbench.api.events import Events

__all__ = ["prior_halves"]


def prior_halves(dataset: Dataset, channel: str) -> Mapping[str, Events]:
    """Return the priors of a channel by name: halves of its signals, or the proxies that the data set names.

    Raises:
        PluginError: a prior is neither, so that events would be learnt from and measured.
    """
    info, priors = dataset.info, dataset.priors(channel)
    if channel in info.proxies:
        return priors
    for name, events in priors.items():
        where = f"prior {name} in channel {channel} of data set {info.name}"
        if name not in info.signals.get(channel, ()):
            msg = f"{where} is no signal of that channel; name samples of their own in DatasetInfo.proxies"
            raise PluginError(msg)
        measured = _measured(dataset, channel, name, events)
        if measured:
            msg = f"{where} has {measured} events of the half that is measured"
            msg += "; keep events[prior_half(source_ids(events))]"
            raise PluginError(msg)
    return priors


def _measured(dataset: Dataset, channel: str, name: str, prior: Events) -> int:
    """Return how many events of a prior are also measured; without source ids, how many it has too many."""
    if "source" in prior.aux:
        return int(np.count_nonzero(~prior_half(source_ids(prior))))
    half = np.count_nonzero(prior_half(source_ids(dataset.signal(channel, name))))
    return max(0, len(prior) - int(half))
