"""The files of a fitted detector: weights, probabilities of kinds, and what objects and numbers are called."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from adbench.api import DetectorError, EventSchema
from adbench.torchkit import load_state, save_state
from adbench_point_diffusion.counts import KindCounts
from adbench_point_diffusion.model import PointDiffusion
from adbench_point_diffusion.params import DiffusionParams
from adbench_point_diffusion.view import View

__all__ = ["load_model", "save_model"]

_WEIGHTS, _KINDS, _SCHEMA = "weights.npz", "kinds.npz", "schema.json"


def save_model(folder: Path, model: PointDiffusion) -> None:
    """Write a fitted model into a folder."""
    save_state(folder / _WEIGHTS, model)
    text = json.dumps(model.view.schema.as_dict()) + "\n"
    (folder / _SCHEMA).write_text(text, encoding="utf-8")
    counts = model.kind_counts()
    np.savez(folder / _KINDS, counts=counts.counts, weights=counts.weights, shares=counts.shares)


def load_model(folder: Path, params: DiffusionParams) -> PointDiffusion:
    """Return the model that `save_model` wrote.

    Raises:
        DetectorError: a file is missing or damaged, or the weights fit other parameters.
    """
    try:
        schema = EventSchema.from_dict(json.loads((folder / _SCHEMA).read_text(encoding="utf-8")))
        with np.load(folder / _KINDS, allow_pickle=False) as stored:
            counts = KindCounts(**{name: stored[name] for name in stored.files})
    except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile) as error:
        msg = f"{folder} holds no fitted diffusion model ({error}); fit the detector again"
        raise DetectorError(msg) from error
    model = PointDiffusion(params, View.of(schema, params))
    load_state(folder / _WEIGHTS, model)
    model.counts = counts
    model.requires_grad_(False)
    return model
