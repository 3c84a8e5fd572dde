"""The metrics as plugins: cheap to list, complete when used."""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from adbench.api import Metric, Scored
from adbench.metrics.plugin import DEFAULT_METRICS, adbench_metrics


def test_every_default_metric_loads_and_measures() -> None:
    specs = {spec.name: spec for spec in adbench_metrics()}
    rng = np.random.default_rng(0)
    pair = Scored.of(rng.normal(size=200_000)), Scored.of(rng.normal(1, 1, 500))
    for name in DEFAULT_METRICS:
        family, _, number = name.partition("@")
        metric = specs[family].load()(number) if number else specs[family].load()
        assert isinstance(metric, Metric)
        assert metric.name == name
        estimate = metric(*pair)
        assert estimate.measured
        assert estimate.low < estimate.value < estimate.high


def test_listing_costs_no_numpy() -> None:
    code = "import sys, adbench.metrics.plugin as p; p.adbench_metrics(); sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
