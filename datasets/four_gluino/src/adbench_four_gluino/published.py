"""Reader of the published files: one line of numbers for each event, without a header.

``data_4_gluino.csv``: 16 momenta (E, px, py, pz of four gluinos in GeV), helicities of two gluons and four gluinos
(+1 or -1), places of the second gluon and of the gluinos in the colour order (0 to 4). ``data_2_gluino.csv``: 8
momenta of two gluinos; what follows them is not read. Zenodo record 5220652.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from adbench.api import DataError, Events
from adbench_four_gluino.amplitude import Labels
from adbench_four_gluino.card import LABELLED, PLAIN, events_of, with_labels

__all__ = ["FILES", "read_four", "read_two"]

FILES = {2: "data_2_gluino.csv", 4: "data_4_gluino.csv"}

_MOMENTA, _HELICITIES, _PLACES = slice(0, 16), slice(16, 22), slice(22, 27)


def read_four(path: Path) -> Events:
    """Return the four-gluino events of a file, with labels.

    Raises:
        DataError: too few columns, a line that is no numbers, labels that are none, momenta that do not balance.
    """
    table = _table(path, 27)
    momenta = _balanced(path, table[:, _MOMENTA].reshape(-1, 4, 4))
    return with_labels(events_of(momenta, 0, LABELLED), _labels(path, table))


def read_two(path: Path) -> Events:
    """Return the two-gluino events of a file; raise DataError as `read_four` does."""
    return events_of(_balanced(path, _table(path, 8)[:, :8].reshape(-1, 2, 4)), 0, PLAIN)


def _table(path: Path, columns: int) -> NDArray[np.float64]:
    import pandas as pd

    try:
        table = pd.read_csv(path, header=None, dtype=np.float64).to_numpy()
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}"
        raise DataError(msg) from error
    except (ValueError, pd.errors.ParserError) as error:
        msg = f"{path} is no table of numbers ({' '.join(str(error).split())})"
        raise DataError(msg) from error
    if table.shape[1] < columns:
        msg = f"{path} has {table.shape[1]} columns; {columns} are expected"
        raise DataError(msg)
    bad = np.flatnonzero(~np.isfinite(table[:, :columns]).all(axis=1))
    if len(bad):
        msg = f"{path}:{bad[0] + 1}: a number is missing or not finite"
        raise DataError(msg)
    return np.asarray(table, np.float64)


def _balanced(path: Path, momenta: NDArray[np.float64]) -> NDArray[np.float64]:
    total = momenta.sum(axis=1)
    off = np.abs(total[:, 1:]).max(axis=1) > 1e-3 * np.abs(total[:, 0])
    light = (momenta[..., 0] <= 0).any(axis=1)
    bad = np.flatnonzero(off | light)
    if len(bad):
        msg = f"{path}:{bad[0] + 1}: momenta (E, px, py, pz of each gluino) do not balance"
        raise DataError(msg)
    return momenta


def _labels(path: Path, table: NDArray[np.float64]) -> Labels:
    helicities, places = table[:, _HELICITIES], table[:, _PLACES]
    wrong = (np.abs(helicities) != 1).any(axis=1) | (np.sort(places, axis=1) != np.arange(5)).any(axis=1)
    bad = np.flatnonzero(wrong)
    if len(bad):
        msg = f"{path}:{bad[0] + 1}: helicities are +1 or -1 and places are 0 to 4, each once"
        raise DataError(msg)
    signs = helicities.astype(np.int64)
    return signs[:, :2], signs[:, 2:], places[:, 1:].astype(np.int64) + 1
