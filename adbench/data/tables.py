"""Events from Parquet and ROOT files: one column per number of an event, one list per number of its objects.

Columns bear the names of the schema: ``met`` and ``met_phi`` hold one number per event, ``E``, ``pt``, ``eta``
and ``phi`` a list, one number per object, in GeV and rad. The list ``kind`` holds names such as ``j`` and ``e-``, or
codes, 1 for the first kind of the schema; without it all objects are of the first kind. ``weight`` is optional.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import DataError, MissingError, UnknownNameError, UsageError
from adbench.api.events import Events
from adbench.api.schema import EventSchema

__all__ = ["SUFFIXES", "is_table", "read_table"]

SUFFIXES = (".parquet", ".root")

_INSTALL = "pip install -c constraints.txt -e '.[tables]'"


def is_table(path: Path) -> bool:
    """Tell whether a path names a table; a tree in a ROOT file is named behind a colon: ``events.root:tree``."""
    return path.suffix.partition(":")[0] in SUFFIXES


def read_table(path: Path, schema: EventSchema) -> Events:
    """Return the events of a table, hardest objects first; ``aux["row"]`` is their place, counted from 0.

    Args:
        path: a ``.parquet`` file, or a ``.root`` file with one tree, or ``FILE.root:TREE``.
        schema: names of the columns and kinds.

    Raises:
        MissingError: the file is not there, or the package that reads it is not installed.
        UnknownNameError: a column is missing, or a kind of object is unknown.
        DataError: the file is damaged, lists of an event differ in length, or a number is not finite.
        UsageError: a ROOT file holds several trees and none is named.
    """
    wanted = [*(q.name for q in schema.features), *(q.name for q in schema.object_features)]
    reader = _parquet if path.suffix == ".parquet" else _root
    columns = reader(path, [*wanted, "kind", "weight"])
    for name in wanted:
        if name not in columns:
            raise UnknownNameError(f"column of {path.name}", name, columns)
    counts, objects = _objects(path, columns, [q.name for q in schema.object_features])
    width = int(counts.max(initial=1))
    slot = np.arange(width) < counts[:, None]
    padded = np.zeros((len(counts), width, objects.shape[1]), np.float32)
    padded[slot] = objects
    kinds = np.zeros((len(counts), width), np.int8)
    kinds[slot] = _kinds(path, columns.get("kind"), counts, schema)
    features = np.stack([_plain(path, columns, q.name, len(counts)) for q in schema.features], axis=1) if (
        schema.features
    ) else None  # fmt: skip
    weights = _plain(path, columns, "weight", len(counts)) if "weight" in columns else None
    events = Events.build(schema, padded, kinds, features, weights=weights, aux={"row": np.arange(len(counts))})
    return _hardest_first(events)


def _objects(path: Path, columns: dict[str, Any], names: list[str]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return how many objects each event has, and the numbers of all objects one after the other."""
    if not names:  # events of features alone
        n = len(next(column for name, column in columns.items() if not isinstance(column, tuple)))
        return np.zeros(n, np.int64), np.zeros((0, 0), np.float32)
    first, flat = "", []
    counts: NDArray[np.int64] = np.zeros(0, np.int64)
    for name in names:
        column = columns[name]
        if not isinstance(column, tuple):
            msg = f"{path}: column '{name}' holds one number per event; expected a list, one number per object"
            raise DataError(msg)
        here, values = column
        if first and not np.array_equal(here, counts):
            row = int(np.argmax(here != counts)) if len(here) == len(counts) else 0
            msg = f"{path}: event {row}: '{name}' and '{first}' have lists of different length"
            raise DataError(msg)
        first, counts = first or name, here
        flat.append(_finite(path, name, values))
    return counts, np.stack(flat, axis=1)


def _kinds(path: Path, column: Any, counts: NDArray[np.int64], schema: EventSchema) -> NDArray[np.int8]:
    if column is None:
        return np.ones(int(counts.sum()), np.int8)
    if not isinstance(column, tuple):
        msg = f"{path}: column 'kind' holds one value per event; expected a list, one kind per object"
        raise DataError(msg)
    here, values = column
    if not np.array_equal(here, counts):
        msg = f"{path}: event {int(np.argmax(here != counts))}: 'kind' has another length than the objects' numbers"
        raise DataError(msg)
    if values.dtype.kind in "iu":
        if len(values) and not (values.min() >= 1 and values.max() <= len(schema.kinds)):
            msg = (
                f"{path}: 'kind' holds codes from {values.min()} to {values.max()}; there are 1 to {len(schema.kinds)}"
            )
            raise DataError(msg)
        return np.asarray(values, np.int8)
    names, place = np.unique(values.astype(str), return_inverse=True)
    codes = np.array([schema.kind_code(str(name)) for name in names], np.int8)
    return codes[place] if len(names) else np.zeros(0, np.int8)


def _plain(path: Path, columns: dict[str, Any], name: str, n: int) -> NDArray[np.float32]:
    column = columns[name]
    if isinstance(column, tuple) or len(column) != n:
        msg = f"{path}: column '{name}' should hold one number per event"
        raise DataError(msg)
    return _finite(path, name, column)


def _finite(path: Path, name: str, values: NDArray[Any]) -> NDArray[np.float32]:
    try:
        numbers = np.asarray(values, np.float32)
    except (TypeError, ValueError):
        msg = f"{path}: column '{name}' does not hold numbers"
        raise DataError(msg) from None
    bad = int(np.count_nonzero(~np.isfinite(numbers)))
    if bad:
        msg = f"{path}: column '{name}' is NaN, missing or infinite {bad} times"
        raise DataError(msg)
    return numbers


def _hardest_first(events: Events) -> Events:
    if not events.schema.has_object_feature("pt"):
        return events
    order = np.argsort(-np.where(events.present, events.object("pt"), -np.inf), axis=1, kind="stable")
    objects = np.take_along_axis(events.objects, order[:, :, None], 1)
    kinds = np.take_along_axis(events.kinds, order, 1)
    return Events.build(events.schema, objects, kinds, events.features, weights=events.weights, aux=events.aux)


def _parquet(path: Path, wanted: list[str]) -> dict[str, Any]:
    """Return columns by name: an array, or for lists their lengths and all values one after the other."""
    try:
        import pyarrow
        import pyarrow.parquet as parquet
    except ImportError as error:
        msg = f"{path.name}: reading Parquet needs pyarrow: {_INSTALL}"
        raise MissingError(msg) from error
    try:
        with parquet.ParquetFile(_there(path)) as file:
            table = file.read(columns=[name for name in wanted if name in file.schema_arrow.names])
    except (pyarrow.ArrowException, OSError) as error:
        msg = f"{path}: no Parquet file ({' '.join(str(error).split())})"
        raise DataError(msg) from error
    found: dict[str, Any] = {}
    for name in table.column_names:
        column = table[name].combine_chunks()
        if pyarrow.types.is_list(column.type) or pyarrow.types.is_large_list(column.type):
            lengths = column.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
            found[name] = lengths.astype(np.int64), column.flatten().to_numpy(zero_copy_only=False)
        else:
            found[name] = column.to_numpy(zero_copy_only=False)
    return found


def _root(path: Path, wanted: list[str]) -> dict[str, Any]:
    """Return the branches of a tree by name, as `_parquet` returns columns."""
    try:
        import awkward
        import uproot
    except ImportError as error:
        msg = f"{path.name}: reading ROOT needs uproot: {_INSTALL}"
        raise MissingError(msg) from error
    name, colon, tree = str(path).partition(".root:")
    try:
        with uproot.open(_there(Path(f"{name}.root" if colon else name))) as file:
            trees = file.keys(filter_classname=["TTree", "ROOT::RNTuple"], cycle=False)
            if not tree and len(trees) != 1:
                msg = f"{path} holds {len(trees)} trees ({', '.join(trees)}); name one: {path}:TREE"
                raise UsageError(msg)
            chosen = tree or trees[0]
            if chosen not in trees:
                raise UnknownNameError(f"tree of {Path(name).name}.root", chosen, trees)
            there = [column for column in wanted if column in file[chosen].keys()]  # noqa: SIM118  of a tree
            arrays = file[chosen].arrays(there)
    except (OSError, ValueError, uproot.KeyInFileError) as error:
        msg = f"{path}: no ROOT file ({' '.join(str(error).split())[:200]})"
        raise DataError(msg) from error
    found: dict[str, Any] = {}
    for column in there:
        values = arrays[column]
        if values.ndim > 1:
            found[column] = (
                awkward.to_numpy(awkward.num(values)).astype(np.int64),
                awkward.to_numpy(awkward.flatten(values)),
            )
        else:
            found[column] = awkward.to_numpy(values)
    return found


def _there(path: Path) -> Path:
    if not path.exists():
        msg = f"{path} is not there"
        raise MissingError(msg)
    return path
