"""The published scores of the Dark Machines challenge: 1,048 models of 13 families, arXiv:2105.14027.

Files of bostdiek/DarkMachines-UnsupervisedChallenge (MIT, doi:10.5281/zenodo.4897467), one per family, with
a header ``Signal,Model,Chan,AUC,1e-2,1e-3,1e-4`` and one line per model, channel and signal.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from adbench.api.errors import DataError, MissingError
from adbench.published.scores import NUMBERS

__all__ = ["FAMILIES", "read_published"]

# In this order the publication joins its files, and its orders of tied models depend on that.
FAMILIES = (
    "AE",
    "VAE",
    "DeepSetVAE",
    "ConvVAE_and_Flows",
    "CNN_VAE",
    "CNN_BVAE",
    "KDE",
    "Flow",
    "DeepSVDD",
    "Combined",
    "DAGMM",
    "ALAD",
    "MethodsInLatentSpaceOfVAE",
)

_KEYS = {"Signal": "signal", "Model": "model", "Chan": "channel"}
_NUMBERS = dict(zip(("AUC", "1e-2", "1e-3", "1e-4"), NUMBERS, strict=True))
_HEADER = (*_KEYS, *_NUMBERS)


def read_published(folder: Path) -> pd.DataFrame:
    """Return the published scores in the order of publication.

    Columns: family, model, channel, signal (text); auc, eps_s@1e-2, eps_s@1e-3, eps_s@1e-4 as published (float64).

    Args:
        folder: holds ``AE.csv`` and the twelve others.

    Raises:
        MissingError: a file is not there.
        DataError: a line breaks the format or repeats a (model, channel, signal); names file and line.
    """
    missing = [f"{family}.csv" for family in FAMILIES if not (folder / f"{family}.csv").is_file()]
    if missing:
        msg = (
            f"{folder} lacks {', '.join(missing)}; the 13 files are in the folder data of "
            "https://github.com/bostdiek/DarkMachines-UnsupervisedChallenge"
        )
        raise MissingError(msg)
    seen: dict[tuple[str, str, str], str] = {}
    records = []
    for family in FAMILIES:
        for place, (keys, numbers) in _lines(folder / f"{family}.csv"):
            signal, model, channel = keys
            first = seen.setdefault((model, channel, signal), place)
            if first != place:
                msg = f"{place}: model '{model}' has signal {signal} in channel {channel} already at {first}"
                raise DataError(msg)
            records.append((family, model, channel, signal, *numbers))
    return pd.DataFrame.from_records(records, columns=["family", "model", "channel", "signal", *_NUMBERS.values()])


def _lines(path: Path) -> Iterator[tuple[str, tuple[list[str], list[float]]]]:
    """Yield the place (file:line) of each line with its keys and numbers."""
    lines = _fields(path)
    _, header = next(lines, ("", []))
    absent = [name for name in _HEADER if name not in header]
    if absent:
        msg = f"{path}:1: no column {', '.join(absent)}; the header is {','.join(_HEADER)}"
        raise DataError(msg)
    keys, numbers = ([header.index(name) for name in part] for part in (_KEYS, _NUMBERS))
    for place, fields in lines:
        if len(fields) != len(header):
            msg = f"{place}: {len(fields)} fields where the header has {len(header)}"
            raise DataError(msg)
        yield place, (_keys(fields, keys, place), [_share(fields[i], header[i], place) for i in numbers])


def _fields(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the place (file:line) of each line with its fields."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.reader(file)
            for fields in reader:
                yield f"{path}:{reader.line_num}", fields
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        msg = f"{path}: cannot be read as text ({error}); get the file again"
        raise DataError(msg) from error


def _keys(fields: list[str], columns: list[int], place: str) -> list[str]:
    keys = [fields[i].strip() for i in columns]
    if not all(keys):
        msg = f"{place}: empty {', '.join(name for name, key in zip(_KEYS, keys, strict=True) if not key)}"
        raise DataError(msg)
    return keys


def _share(text: str, column: str, place: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 <= value <= 1.0:
        msg = f"{place}: {column} is '{text}'; it must be a number from 0 to 1"
        raise DataError(msg)
    return value
