"""Events on disk: one .npy file per array, written in chunks of any size and read as memory maps.

A writer that was killed can be taken up again: rows that were synced are kept, what came after them is cut off.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from adbench.api.events import Events
from adbench.api.schema import EventSchema

__all__ = ["ArrayWriter", "EventsWriter", "load_events", "write_events"]

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
        self._file: BinaryIO = path.open("wb")
        self._write_header()

    @classmethod
    def resumed(cls, path: Path, rows: int) -> Self:
        """Return a writer behind the first `rows` rows of a file that was left half written; the others are cut off.

        Raises:
            ValueError: the file is no array, or holds fewer rows.
        """
        writer = cls.__new__(cls)
        writer.path, writer.rows = path, rows
        writer._file = path.open("r+b")
        try:
            if np.lib.format.read_magic(writer._file) != (1, 0):
                msg = f"{path.name} is of another version of the array format"
                raise ValueError(msg)
            shape, _, writer.dtype = np.lib.format.read_array_header_1_0(writer._file)
            writer.shape = shape[1:]
            end = writer._file.tell() + rows * int(np.prod(writer.shape, dtype=np.int64)) * writer.dtype.itemsize
            if path.stat().st_size < end:
                msg = f"{path.name} holds fewer than {rows} rows"
                raise ValueError(msg)
            writer._file.truncate(end)
            writer._file.seek(end)
        except ValueError:
            writer._file.close()
            raise
        return writer

    def sync(self) -> None:
        """Bring all rows to the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())

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


class EventsWriter:
    """Writes events to a folder piece by piece; memory is bounded by the largest piece.

    Args:
        folder: an existing folder.
        slots: number of object slots at least; more are made when an event needs them.

    Attributes:
        slots: number of object slots now.
        rows: events written so far.
    """

    def __init__(self, folder: Path, slots: int) -> None:
        self.folder, self.slots, self.rows = folder, slots, 0
        self._writers: dict[str, ArrayWriter] = {}

    @classmethod
    def resumed(cls, folder: Path, slots: int, rows: int) -> Self:
        """Return a writer behind the first `rows` events of a folder that was left half written.

        Raises:
            ValueError: the folder does not hold that many events.
        """
        writer = cls(folder, slots)
        for left in folder.glob("*.wide"):  # a copy that was not finished; its source is still there
            left.unlink()
        writer.rows = rows
        try:
            for path in sorted(folder.glob("*.npy")):
                writer._writers[path.stem] = ArrayWriter.resumed(path, rows)
            if not set(_FIELDS) <= set(writer._writers):
                msg = f"{folder} lacks arrays"
                raise ValueError(msg)
            # A kill between two files' widenings leaves one wide and the other narrow.
            writer._widen(max(slots, *(writer._writers[name].shape[0] for name in _SLOTTED)))
        except ValueError:
            writer.close()
            raise
        return writer

    def append(self, events: Events) -> None:
        """Add events of the same schema, with the same aux arrays."""
        self._widen(max(self.slots, events.kinds.shape[1]))
        for name, array in _arrays(events.padded(self.slots)).items():
            if name not in self._writers:
                self._writers[name] = ArrayWriter(self.folder / f"{name}.npy", array.dtype, array.shape[1:])
            self._writers[name].append(array)
        self.rows += len(events)

    def sync(self) -> None:
        """Bring all events to the disk."""
        for writer in self._writers.values():
            writer.sync()

    def close(self) -> None:
        """Write the final number of events into the files and close them."""
        for writer in self._writers.values():
            writer.close()

    def _widen(self, slots: int) -> None:
        self.slots = slots
        for name in _SLOTTED:
            if name in self._writers and self._writers[name].shape[0] < slots:
                self._writers[name] = _widened(self._writers[name], slots)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def write_events(folder: Path, chunks: Iterable[Events], slots: int) -> int:
    """Write events to a folder and return the number of slots they got; see `EventsWriter`.

    Raises:
        ValueError: there are no chunks.
    """
    empty = True
    with EventsWriter(folder, slots) as writer:
        for chunk in chunks:
            writer.append(chunk)
            empty = False
    if empty:
        msg = "no events to write"
        raise ValueError(msg)
    return writer.slots


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
    wide.sync()  # the rows that it replaces may be the only copy
    wide.path = wide.path.replace(writer.path)
    return wide
