"""The public top-tagging reference set (Zenodo 2603256, arXiv:1902.09914) in the form of this data set.

Each file is one part with QCD jets (``is_signal_new`` 0) and top jets (1): up to 200 constituents as massless
four-momenta ``E_i, PX_i, PY_i, PZ_i`` in GeV, hardest first, zero where there is none. Constituents are taken relative
to the axis of the sum of all of them, and the hardest 100 are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from adbench.api.errors import DataError
from adbench.api.events import Events
from adbench.data.arrays import EventsWriter, load_events
from adbench.data.cache import Cache, cache_key
from adbench.data.frames import open_frame
from adbench.data.hashes import FileHashes
from adbench.generation.kinematics import Array, wrap_phi
from adbench_jets.card import CHANNELS, CLASSES, NAME, SCHEMA, SLOTS
from adbench_jets.events import jet_events

__all__ = ["TopTagging", "public_jets"]

VERSION: Final = 1  # of the conversion
CONSTITUENTS: Final = 200
LABEL: Final = "is_signal_new"
EXTRA: Final = "datasets/jets[hdf5]"
MOMENTA: Final = tuple(f"{component}_{i}" for i in range(CONSTITUENTS) for component in ("E", "PX", "PY", "PZ"))


class TopTagging:
    """The files of the public set, converted once to memory-mapped arrays.

    Args:
        files: by part.
        cache: folder of converted events.
    """

    def __init__(self, files: Mapping[str, Path], cache: Path) -> None:
        self._files = files
        self._cache = Cache(cache / NAME)
        self._hashes = FileHashes(cache / "hashes")
        self._folders: dict[str, Path] = {}

    def convert(self) -> None:
        """Convert every part; those of an earlier time are used again.

        Raises:
            MissingError: h5py is not installed.
            DataError: a damaged file.
        """
        for part, path in self._files.items():
            if part not in self._folders:
                key = cache_key(source=self._hashes.sha256(path), version=VERSION)
                self._folders[part] = self._cache.get_or_convert(key, partial(_convert, path)).folder

    def events(self, name: str, part: str) -> Events:
        """Return the jets of a class in a part, as memory maps."""
        self.convert()
        return load_events(self._folders[part] / name, SCHEMA)


def _convert(path: Path, folder: Path) -> Mapping[str, Any]:
    counts = dict.fromkeys(CHANNELS, 0)
    writers = {}
    for name in CHANNELS:
        (folder / name).mkdir()
        writers[name] = EventsWriter(folder / name, SLOTS)
    try:
        with open_frame(path, EXTRA) as frame:
            row = 0
            for piece in frame.pieces((*MOMENTA, LABEL)):
                is_top = piece[:, -1] > 0.5
                momenta = piece[:, :-1].reshape(len(piece), CONSTITUENTS, 4)
                for name, chosen in (("qcd", ~is_top), ("top", is_top)):
                    rows = np.flatnonzero(chosen)
                    if len(rows):
                        writers[name].append(public_jets(momenta[rows], name, rows + row))
                        counts[name] += len(rows)
                row += len(piece)
    finally:
        for writer in writers.values():
            writer.close()
    empty = [name for name, count in counts.items() if count == 0]
    if empty:
        msg = f"{path} has no {' and no '.join(empty)} jets"
        raise DataError(msg)
    return {"jets": counts}


def public_jets(momenta: Array, name: str, rows: Array) -> Events:
    """Return the events of jets that are given as four-momenta.

    Args:
        momenta: float (n, slots, 4), E, px, py, pz in GeV; zeros in empty slots.
        name: of the class.
        rows: int (n,), place in the file.
    """
    e, px, py, pz = (momenta[:, :, i].astype(np.float64) for i in range(4))
    pt = np.hypot(px, py)
    present = (e > 0) & (pt > 0)
    total = {"px": px.sum(axis=1), "py": py.sum(axis=1), "pz": pz.sum(axis=1), "e": e.sum(axis=1)}
    jet_pt = np.maximum(np.hypot(total["px"], total["py"]), 1e-9)
    jet_eta, jet_phi = np.arcsinh(total["pz"] / jet_pt), np.arctan2(total["py"], total["px"])
    eta = np.arcsinh(pz / np.where(present, pt, 1.0)) - jet_eta[:, None]
    phi = wrap_phi(np.arctan2(py, px) - jet_phi[:, None])
    order = np.argsort(-np.where(present, pt, 0.0), axis=1, kind="stable")[:, :, None]
    relative = np.where(present[:, :, None], np.stack([pt, eta, phi], axis=2), 0.0)
    mass = np.sqrt(np.maximum(total["e"] ** 2 - jet_pt**2 - total["pz"] ** 2, 0.0))
    aux = {
        "jet_phi": jet_phi.astype(np.float32),
        "clustered_pt": jet_pt.astype(np.float32),
        "clustered_mass": mass.astype(np.float32),
        "clustered_constituents": present.sum(axis=1).astype(np.int16),
        "source": rows.astype(np.int64),
        "row": rows.astype(np.int64),
        "process": np.full(len(rows), CLASSES.index(name), np.int64),
    }
    return jet_events(np.take_along_axis(relative, order, axis=1), jet_eta, aux)
