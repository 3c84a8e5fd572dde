"""Files that hold observables of the two leading jets: the official ones, and those of clustering-lhco.

Both have R = 1.0 and lack tau_4, tau_1 with beta = 2 and the number of constituents, so `OBSERVABLES` are six.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from adbench.api.errors import DataError
from adbench.data.frames import Frame, open_frame
from adbench.generation.kinematics import Array
from adbench_lhco.columns import heavier_first

__all__ = ["EXTRA", "FLOOR", "OBSERVABLES", "read_features", "read_npz", "read_scalars"]

EXTRA: Final = "datasets/lhco[hdf5]"
FLOOR: Final = 1e-8  # of a denominator, as in the code of arXiv:2011.03550
OBSERVABLES: Final = tuple(f"{name}_{jet}" for jet in (1, 2) for name in ("mass", "tau21", "tau32"))
_OF_JET: Final = ("px", "py", "pz", "m", "tau1", "tau2", "tau3")
_OFFICIAL: Final = tuple(f"{name}j{jet}" for jet in (1, 2) for name in _OF_JET)
_SCALARS: Final = ("pt", "eta", "phi", "mass", "tau1", "tau2", "tau3")


def read_features(path: Path) -> dict[str, Array]:
    """Return the columns of an official ``*.features.h5``, with ``label`` (1 = signal)."""
    with open_frame(path, EXTRA) as frame:
        table = _table(frame, (*_OFFICIAL, "label"))
    found: dict[str, Array] = {"label": table["label"]}
    momenta = []
    for jet in (1, 2):
        px, py, pz, mass = (table[f"{name}j{jet}"] for name in ("px", "py", "pz", "m"))
        pt = np.maximum(np.hypot(px, py), FLOOR)
        found |= {f"pt_{jet}": pt, f"eta_{jet}": np.arcsinh(pz / pt), f"phi_{jet}": np.arctan2(py, px)}
        found |= _substructure(jet, mass, *(table[f"tau{n}j{jet}"] for n in (1, 2, 3)))
        momenta.append(np.stack([np.sqrt(px**2 + py**2 + pz**2 + np.maximum(mass, 0.0) ** 2), px, py, pz]))
    e, px, py, pz = momenta[0] + momenta[1]
    found["m_jj"] = np.sqrt(np.maximum(e**2 - px**2 - py**2 - pz**2, 0.0))
    return heavier_first(found)


def read_npz(path: Path) -> dict[str, Array]:
    """Return the columns of an archive with ``mjj``, ``label`` and ``pt_1 ... tau3_2`` as arrays."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            table = {name: stored[name].astype(np.float64) for name in stored.files}
        return _of_scalars(table, table["label"])
    except (OSError, ValueError, KeyError) as error:
        msg = f"{path} does not hold dijet events: {error}"
        raise DataError(msg) from error


def read_scalars(path: Path, label: int) -> dict[str, Array]:
    """Return the columns of a ``scalars_*.h5``, all of one label."""
    with open_frame(path, EXTRA) as frame:
        table = _table(frame, ("mjj", *(f"{name}_{jet}" for jet in (1, 2) for name in _SCALARS)))
    return _of_scalars(table, np.full(len(table["mjj"]), label))


def _of_scalars(table: dict[str, Array], label: Array) -> dict[str, Array]:
    found: dict[str, Array] = {"label": label, "m_jj": table["mjj"]}
    for jet in (1, 2):
        found |= {f"{name}_{jet}": table[f"{name}_{jet}"] for name in ("pt", "eta", "phi")}
        found |= _substructure(jet, table[f"mass_{jet}"], *(table[f"tau{n}_{jet}"] for n in (1, 2, 3)))
    return heavier_first(found)


def _substructure(jet: int, mass: Array, tau1: Array, tau2: Array, tau3: Array) -> dict[str, Array]:
    """Return mass and ratios; a mass is a little negative where it was rounded."""
    return {
        f"mass_{jet}": np.maximum(mass, 0.0),
        f"tau21_{jet}": tau2 / np.maximum(tau1, FLOOR),
        f"tau32_{jet}": tau3 / np.maximum(tau2, FLOOR),
    }


def _table(frame: Frame, names: tuple[str, ...]) -> dict[str, Array]:
    return dict(zip(names, frame.columns(names, 0, len(frame)).T, strict=True))
