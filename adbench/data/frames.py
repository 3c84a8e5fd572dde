"""Tables that pandas wrote to HDF5, both of its forms, read in pieces without pandas, PyTables or pickle.

A *fixed* table is one array per type with the names of its columns beside it; an *appendable* one is an array of
records whose attributes hold the names as a pickled list. Only a list of texts is unpickled from there: anything else
in a file is refused.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import DataError, MissingError

__all__ = ["Frame", "open_frame"]

ROWS_AT_ONCE = 5_000


class _Texts(pickle.Unpickler):
    """An unpickler that can build nothing but plain containers, numbers and texts."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        """Refuse every class and function."""
        msg = f"a list of column names holds {module_name}.{global_name}"
        raise pickle.UnpicklingError(msg)


class Frame:
    """An open table.

    Attributes:
        path: of the file.
        names: of the columns.
    """

    def __init__(self, path: Path, group: Any) -> None:
        self.path = path
        self._blocks: list[tuple[Any, str | None, list[str]]] = []
        if "table" in group:
            table = group["table"]
            self._length = int(table.shape[0])
            for field in table.dtype.names:
                if f"{field}_kind" in table.attrs and field != "index":
                    self._blocks.append((table, field, _unpickled(table.attrs[f"{field}_kind"])))
        else:
            for number in range(int(group.attrs.get("nblocks", 0))):
                values = group[f"block{number}_values"]
                self._blocks.append((values, None, [_text(name) for name in group[f"block{number}_items"][:]]))
            self._length = int(self._blocks[0][0].shape[0]) if self._blocks else 0
        self.names = tuple(name for *_, names in self._blocks for name in names)

    def __len__(self) -> int:
        return self._length

    def columns(self, names: Sequence[str], start: int, stop: int) -> NDArray[np.float64]:
        """Return float64 (rows, len(names)); raise DataError that names a column which is not there."""
        for name in names:
            if name not in self.names:
                known = ", ".join(self.names[:12]) + (", ..." if len(self.names) > 12 else "")
                msg = f"{self.path} has no column {name}; it has {known}"
                raise DataError(msg)
        place = {name: i for i, name in enumerate(names)}
        found = np.empty((max(0, min(stop, len(self)) - start), len(names)))
        for array, field, block in self._blocks:
            wanted = [(i, place[name]) for i, name in enumerate(block) if name in place]
            if not wanted:
                continue
            rows = array[start:stop] if field is None else array[start:stop][field]
            source, target = map(list, zip(*wanted, strict=True))
            found[:, target] = np.asarray(rows).reshape(len(found), -1)[:, source]
        return found

    def pieces(self, names: Sequence[str], size: int = ROWS_AT_ONCE) -> Iterator[NDArray[np.float64]]:
        """Return the columns piece by piece."""
        for start in range(0, len(self), size):
            yield self.columns(names, start, start + size)


@contextmanager
def open_frame(path: Path, extra: str) -> Iterator[Frame]:
    """Open the one table of a file.

    Args:
        path: of the file.
        extra: the distribution and its extra that bring h5py, such as ``datasets/jets[hdf5]``.

    Raises:
        MissingError: h5py or its filters are not installed.
        DataError: the file is not there, damaged, or holds no table or several.
    """
    install = f"pip install -c constraints.txt -e '{extra}'"
    try:
        import h5py
    except ImportError as error:
        msg = f"{path.name} is HDF5, which needs h5py: {install}"
        raise MissingError(msg) from error
    filters = True
    try:
        import hdf5plugin  # noqa: F401  registers the compression that PyTables uses; not every file needs it
    except ImportError:
        filters = False
    try:
        with h5py.File(path, "r") as file:
            groups = [group for group in file.values() if isinstance(group, h5py.Group)]
            tables = [group for group in groups if "pandas_type" in group.attrs]
            if len(tables) != 1:
                msg = f"{path} holds {len(tables)} tables of pandas ({', '.join(file) or 'nothing'}); expected one"
                raise DataError(msg)
            yield Frame(path, tables[0])
    except (OSError, KeyError, ValueError, pickle.UnpicklingError, EOFError) as error:
        if not filters and ("filter" in str(error) or "plugin" in str(error)):
            msg = f"{path.name} is compressed in a way that needs hdf5plugin: {install}"
            raise MissingError(msg) from error
        msg = f"cannot read {path}: {error}; get the file again"
        raise DataError(msg) from error


def _unpickled(attribute: Any) -> list[str]:
    names = _Texts(io.BytesIO(bytes(attribute))).load()
    if not isinstance(names, list):
        msg = "the names of columns are not a list"
        raise pickle.UnpicklingError(msg)
    return [_text(name) for name in names]


def _text(name: Any) -> str:
    return name.decode("utf-8") if isinstance(name, bytes) else str(name)
