"""An edition of generated events: background divided, signals, and the two black boxes with a key that lies apart."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from adbench.data.quantised import save_quantised
from adbench.generation.kinematics import Array
from adbench.generation.manifest import software, write_manifest
from adbench.generation.production import EVENT, Recipe, Sample
from adbench_lhco.card import BACKGROUND, ETA_MAX, PT_LEAD, PT_SECOND, RADIUS, SIGNALS
from adbench_lhco.compact import GRIDS, save_columns
from adbench_lhco.editions import MANIFEST_SCHEMA
from adbench_lhco.generator.recipes import BOX_BACKGROUND, BOX_SIGNAL, BOX_SIGNAL_MASSES, RECIPES
from adbench_lhco.generator.selection import VERSION
from adbench_lhco.split import PARTS, SHARES, divided

__all__ = ["write_edition"]

BOXES: Final = ("bb1", "bb2")
"""As in the challenge: something is hidden in the first, nothing in the second."""


def write_edition(folder: Path, samples: Mapping[str, Sample], seed: int, command: str, edition: str) -> None:
    """Write the files of an edition and its manifest."""
    recipes = {recipe.key: recipe for recipe in RECIPES}
    first = 0
    files: dict[str, dict[str, Any]] = {}
    for key in (BACKGROUND, *SIGNALS):
        if key not in samples:
            continue
        sample = samples[key]
        source = sample.arrays[EVENT] + first
        first += sample.generated
        part = divided(source) if key == BACKGROUND else None
        sha256 = save_columns(folder / f"{key}.npz", sample.arrays, source, part)
        files[key] = {**_described(recipes[key], sample), "file": f"{key}.npz", "sha256": sha256}
        if part is not None:
            files[key]["parts"] = {name: int((part == k).sum()) for k, name in enumerate(PARTS)}
    boxes = _write_boxes(folder, samples, seed, recipes) if BOX_BACKGROUND in samples else {}
    manifest = {
        "schema": MANIFEST_SCHEMA,
        "edition": edition,
        "command": command,
        "seed": seed,
        "software": software(),
        "selection_version": VERSION,
        "selection": {"radius": RADIUS, "pt_lead": PT_LEAD, "pt_second": PT_SECOND, "eta_max": ETA_MAX},
        "shares": dict(zip(PARTS, SHARES, strict=True)),
        "grids": {name: grid.step for name, grid in GRIDS.items()},
        "background": files[BACKGROUND],
        "signals": {name: files[name] for name in SIGNALS if name in files},
        "boxes": boxes,
    }
    write_manifest(folder, manifest)


def _write_boxes(
    folder: Path, samples: Mapping[str, Sample], seed: int, recipes: Mapping[str, Recipe]
) -> dict[str, Any]:
    """Deal the background of the boxes out to both, hide the signal in the first; shuffle both."""
    background = _columns(samples[BOX_BACKGROUND])
    hidden = _columns(samples[BOX_SIGNAL]) if BOX_SIGNAL in samples else {}
    n = len(background["m_jj"])
    boxes = {}
    for number, name in enumerate(BOXES):
        digest = hashlib.sha256(f"{seed} {name}".encode()).digest()
        rng = np.random.default_rng(int.from_bytes(digest[:8], "little"))
        own = {key: column[number::2] for key, column in background.items()}
        key = np.zeros(len(own["m_jj"]), np.uint8)
        if number == 0 and hidden:
            own = {column: np.concatenate([values, hidden[column]]) for column, values in own.items()}
            key = np.concatenate([key, np.ones(len(hidden["m_jj"]), np.uint8)])
        order = rng.permutation(len(key))
        shuffled = {column: values[order] for column, values in own.items()}
        boxes[name] = {
            "file": f"{name}.npz",
            "events": len(key),
            "sha256": save_columns(folder / f"{name}.npz", shuffled, None, None),
            "key": f"{name}_key.npz",
            "key_sha256": save_quantised(folder / f"{name}_key.npz", {"signal": key[order]}, {}),
            "hidden_events": int(key.sum()),
        }
    if hidden:
        boxes["bb1"]["hidden"] = {
            "masses": list(BOX_SIGNAL_MASSES),
            **_described(recipes[BOX_SIGNAL], samples[BOX_SIGNAL]),
        }
    made_of = _described(recipes[BOX_BACKGROUND], samples[BOX_BACKGROUND])
    return {
        name: {**box, "background": {**made_of, "events": len(range(n)[i::2])}}
        for i, (name, box) in enumerate(boxes.items())
    }


def _columns(sample: Sample) -> dict[str, Array]:
    return {name: array for name, array in sample.arrays.items() if name != EVENT}


def _described(recipe: Recipe, sample: Sample) -> dict[str, Any]:
    return {
        "events": len(sample.arrays[EVENT]),
        "generated": sample.generated,
        "accepted": sample.accepted,
        "cross_section_pb": float(f"{sample.cross_section:.4g}"),
        "settings": list(recipe.settings),
    }
