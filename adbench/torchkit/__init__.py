"""What every torch detector shares: seeds, scaling, the fitting loop, scoring in batches, saving.

The harness itself never imports this package; detectors do, where they train and score.
"""

from __future__ import annotations

from adbench.torchkit.averaging import early_decay
from adbench.torchkit.batching import batch_on, batches, blocks, score_in_batches
from adbench.torchkit.fitting import FitSettings, History, fit, for_few_events
from adbench.torchkit.samples import Sample, StreamedSample, sample_of
from adbench.torchkit.saving import load_state, save_state
from adbench.torchkit.scaling import Moments, Standardiser
from adbench.torchkit.seeding import device_of, generator, seeded

__all__ = [
    "FitSettings",
    "History",
    "Moments",
    "Sample",
    "Standardiser",
    "StreamedSample",
    "batch_on",
    "batches",
    "blocks",
    "device_of",
    "early_decay",
    "fit",
    "for_few_events",
    "generator",
    "load_state",
    "sample_of",
    "save_state",
    "score_in_batches",
    "seeded",
]
