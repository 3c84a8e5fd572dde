"""The metrics that come with adbench, and those that a board shows unless told otherwise."""

from __future__ import annotations

from adbench.api.hookspecs import hookimpl
from adbench.api.specs import MetricSpec

__all__ = ["DEFAULT_METRICS", "LOOSEST", "SMALL_SAMPLE_METRIC", "adbench_metrics"]

DEFAULT_METRICS = ("auc", "eps_s@1e-2", "eps_s@1e-3", "eps_s@1e-4", "max_si")
LOOSEST = "eps_s@1e-2"
"""The default working point that needs the least background."""

SMALL_SAMPLE_METRIC = "eps_s@0.1"
"""Shown too where even the loosest default working point is unmeasured."""


@hookimpl
def adbench_metrics() -> list[MetricSpec]:
    """Return AUC, signal efficiency, significance improvement and test log-likelihood."""
    return [
        MetricSpec(name="auc", target="adbench.metrics.auc:AUC", summary="area under the ROC curve"),
        MetricSpec(
            name="eps_s",
            target="adbench.metrics.efficiency:signal_efficiency_at",
            summary="signal efficiency at a background efficiency",
            parameter="background efficiency",
        ),
        MetricSpec(
            name="si",
            target="adbench.metrics.improvement:significance_improvement_at",
            summary="significance improvement, eps_S / sqrt(eps_B), at a background efficiency",
            parameter="background efficiency",
        ),
        MetricSpec(
            name="max_si",
            target="adbench.metrics.improvement:MAX_SI",
            summary="largest significance improvement over the measured points among eps_B = 1e-2, 1e-3, 1e-4",
        ),
        MetricSpec(
            name="log_likelihood",
            target="adbench.metrics.log_likelihood:LOG_LIKELIHOOD",
            summary="mean log-density of test background, in nats, for detectors that have one",
        ),
    ]
