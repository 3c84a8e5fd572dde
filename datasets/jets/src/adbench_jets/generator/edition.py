"""An edition of generated jets: classes divided by source, written, and described in a manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np

from adbench.generation.kinematics import Array
from adbench.generation.manifest import software, write_manifest
from adbench.generation.production import EVENT, Sample
from adbench_jets.card import CHANNELS, ETA_MAX, PARTS, PT_MAX, PT_MIN, RADIUS, SLOTS
from adbench_jets.compact import GRIDS, save_class
from adbench_jets.editions import MANIFEST_SCHEMA
from adbench_jets.generator.recipes import RECIPES
from adbench_jets.generator.selection import VERSION

__all__ = ["SHARES", "divide", "write_edition"]

SHARES: Final = (0.6, 0.1, 0.3)
"""Of the sources of a background class: train, validation, test. Jets of the other classes are all test jets."""


def divide(source: Array, rng: np.random.Generator, shares: tuple[float, ...] = SHARES) -> Array:
    """Return int (n,): the part of each jet, by its source, so that the jets of one event stay together."""
    which, place = np.unique(source, return_inverse=True)
    bounds = np.round(np.cumsum(shares) * len(which)).astype(np.int64)
    part = np.searchsorted(bounds, np.arange(len(which)), side="right").clip(max=len(shares) - 1)
    divided: Array = rng.permutation(part)[place]
    return divided


def write_edition(folder: Path, samples: Mapping[str, Sample], seed: int, command: str, edition: str) -> None:
    """Write a file per class and the manifest."""
    classes, first = {}, 0
    for recipe in RECIPES:
        if recipe.key not in samples:
            continue
        sample = samples[recipe.key]
        digest = hashlib.sha256(f"{seed} {recipe.key} parts".encode()).digest()
        rng = np.random.default_rng(int.from_bytes(digest[:8], "little"))
        source = sample.arrays[EVENT] + first
        first += sample.generated
        whole = np.full(len(source), PARTS.index("test"))
        part = divide(source, rng) if recipe.key in CHANNELS else whole
        sha256 = save_class(folder / f"{recipe.key}.npz", sample.arrays, source, part)
        classes[recipe.key] = {
            "file": f"{recipe.key}.npz",
            "jets": {name: int((part == k).sum()) for k, name in enumerate(PARTS)},
            "sources": len(np.unique(source)),
            "sha256": sha256,
            "generated": sample.generated,
            "accepted": sample.accepted,
            "cross_section_pb": float(f"{sample.cross_section:.4g}"),
            "settings": list(recipe.settings),
        }
    manifest = {
        "schema": MANIFEST_SCHEMA,
        "edition": edition,
        "command": command,
        "seed": seed,
        "software": software(),
        "selection_version": VERSION,
        "selection": {"radius": RADIUS, "pt": [PT_MIN, PT_MAX], "eta_max": ETA_MAX, "constituents": SLOTS},
        "grids": {name: {"step": grid.step, "logarithmic": grid.logarithmic} for name, grid in GRIDS.items()},
        "classes": classes,
    }
    write_manifest(folder, manifest)
