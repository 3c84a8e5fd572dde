"""Test log-likelihood: the mean log-density of test background, in nats."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from adbench.api.errors import ScoreError
from adbench.api.metric import Estimate, Metric, Scored
from adbench.metrics.notes import nothing_to_measure
from adbench.metrics.sample import ordered

__all__ = ["LOG_LIKELIHOOD", "LogLikelihood"]


class LogLikelihood(Metric):
    """Weighted mean of log p over test background; the same for every signal.

    It compares densities of the same quantities: a detector that leaves some out has another zero. A bound counts as
    what it is, a lower bound.
    """

    name = "log_likelihood"
    label = "test log-likelihood [nats]"
    inputs = frozenset({"background", "log_prob"})

    def __call__(self, background: Scored, signal: Scored | None) -> Estimate:
        """Return the mean and its standard error, in which copies of one event count once.

        Raises:
            ScoreError: log p is NaN or infinite.
            DataError: weights that are no use.
        """
        if background.log_prob is None:
            return Estimate(math.nan, math.nan, math.nan, "the detector has no density", measured=False)
        if not len(background):
            return nothing_to_measure(background)
        log_prob = np.asarray(background.log_prob, np.float64)
        bad = int(np.count_nonzero(~np.isfinite(log_prob)))
        if bad:
            msg = f"log p is NaN or infinite for {bad} of {len(background)} background events; a density must give one"
            raise ScoreError(f"{msg} finite number per event")
        sample = ordered(replace(background, scores=log_prob, log_prob=None), "background")
        shares = 1.0 / len(sample) if sample.shares is None else sample.shares
        mean = float(np.sum(shares * sample.scores))
        error = math.sqrt(sample.variance_of_mean(sample.scores))
        if not math.isfinite(mean):
            msg = "the mean of log p overflows"
            raise ScoreError(msg)
        return Estimate(mean, mean - error, mean + error)


LOG_LIKELIHOOD = LogLikelihood()
