"""Events on disk: one .npy file per array, written in chunks of any size and read as memory maps."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adbench.api.events import Events
from adbench.api.schema import EventSchema

__all__ = ["ArrayWriter", "load_events", "write_events"]

_FIELDS = ("objects", "kinds", "features", "categories", "weights")
_SLOTTED = ("objects", "kinds")
_AUX = "aux-"
ROWS_AT_ONCE = 65_536


class ArrayWriter:
    """Writes an array to a .npy file piece by piece, along its first axis, without holding it in memory.

    Args:
        path: the file to write.
        dtype: type of the elements.
        shape: shape of one row.
    """

    def __init__(self, path: Path, dtype: np.dtype[Any], shape: tuple[int, ...]) -> None:
        self.path, self.dtype, self.shape, self.rows = path, dtype, shape, 0
        self._file = path.open("wb")
        self._write_header()

    def append(self, rows: NDArray[Any]) -> None:
        """Add rows; raise ValueError when they have another shape or type."""
        if rows.shape[1:] != self.shape or rows.dtype != self.dtype:
            msg = f"{self.path.name} holds rows {self.dtype} {self.shape}, not {rows.dtype} {rows.shape[1:]}"
            raise ValueError(msg)
        self._file.write(np.ascontiguousarray(rows).data)
        self.rows += len(rows)

    def close(self) -> None:
        """Write the final number of rows into the header and close the file."""
        self._file.seek(0)
        self._write_header()
        self._file.close()

    def _write_header(self) -> None:
        # numpy pads the header so that the first axis can grow to 21 digits in place.
        header = {"descr": np.lib.format.dtype_to_descr(self.dtype), "fortran_order": False}
        np.lib.format.write_array_header_1_0(self._file, {**header, "shape": (self.rows, *self.shape)})

    def __enter__(self) -> ArrayWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def write_events(folder: Path, chunks: Iterable[Events], slots: int) -> int:
    """Write events to a folder and return the number of slots they got; memory is bounded by the largest chunk.

    Args:
        folder: an existing folder.
        chunks: events of one schema, with the same aux arrays.
        slots: number of object slots at least; more are made when an event needs them.

    Raises:
        ValueError: there are no chunks.
    """
    writers: dict[str, ArrayWriter] = {}
    try:
        for chunk in chunks:
            if writers and chunk.kinds.shape[1] > slots:
                for name in _SLOTTED:
                    writers[name] = _widened(writers[name], chunk.kinds.shape[1])
            slots = max(slots, chunk.kinds.shape[1])
            for name, array in _arrays(chunk.padded(slots)).items():
                if name not in writers:
                    writers[name] = ArrayWriter(folder / f"{name}.npy", array.dtype, array.shape[1:])
                writers[name].append(array)
    finally:
        for writer in writers.values():
            writer.close()
    if not writers:
        msg = "no events to write"
        raise ValueError(msg)
    return slots


def load_events(folder: Path, schema: EventSchema) -> Events:
    """Return the events of a folder as memory maps; nothing is read until it is used."""
    fields = {name: _mapped(folder / f"{name}.npy") for name in _FIELDS}
    aux = {path.stem.removeprefix(_AUX): _mapped(path) for path in sorted(folder.glob(f"{_AUX}*.npy"))}
    return Events(**fields, schema=schema, aux=aux)


def _arrays(events: Events) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {name: getattr(events, name) for name in _FIELDS}
    return arrays | {_AUX + name: np.asarray(array) for name, array in events.aux.items()}


def _mapped(path: Path) -> NDArray[Any]:
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


def _widened(writer: ArrayWriter, slots: int) -> ArrayWriter:
    """Return a writer of the same rows with more slots, the new ones empty; the file is copied in pieces."""
    writer.close()
    narrow = _mapped(writer.path)
    wide = ArrayWriter(writer.path.with_suffix(".wide"), writer.dtype, (slots, *writer.shape[1:]))
    for start in range(0, len(narrow), ROWS_AT_ONCE):
        piece = narrow[start : start + ROWS_AT_ONCE]
        rows = np.zeros((len(piece), *wide.shape), writer.dtype)
        rows[:, : piece.shape[1]] = piece
        wide.append(rows)
    wide.path = wide.path.replace(writer.path)
    return wide
