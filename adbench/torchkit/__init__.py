"""What every torch detector shares: seeds, scaling, the fitting loop, scoring in batches, saving.

The harness itself never imports this package; detectors do, where they train and score.
"""

from __future__ import annotations

from adbench.torchkit.batching import batches, score_in_batches
from adbench.torchkit.fitting import FitSettings, History, Sample, fit
from adbench.torchkit.saving import load_state, save_state
from adbench.torchkit.scaling import Standardiser
from adbench.torchkit.seeding import device_of, generator, seeded
from adbench.torchkit.streaming import MappedSample, consecutive

__all__ = [
    "FitSettings",
    "History",
    "MappedSample",
    "Sample",
    "Standardiser",
    "batches",
    "consecutive",
    "device_of",
    "fit",
    "generator",
    "load_state",
    "save_state",
    "score_in_batches",
    "seeded",
]
