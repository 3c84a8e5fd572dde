"""The bytes of a plain, gzip or xz file, piece by piece; nothing of a damaged file is left out in silence."""

from __future__ import annotations

import gzip
import lzma
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from adbench.api.errors import DataError

__all__ = ["pieces"]

GZIP, XZ = b"\x1f\x8b", b"\xfd7zXZ\x00"


def pieces(path: Path, size: int, start: int = 0) -> Iterator[bytes]:
    """Yield the uncompressed bytes of a file in pieces of at most `size`, from an offset on.

    The compression is told from the first bytes, not from the name.

    Raises:
        DataError: no such file, or damaged or cut-off compressed data.
    """
    try:
        with path.open("rb") as file:
            head = file.read(len(XZ))
            file.seek(0)
            if head == XZ:
                yield from _behind(start, _xz(file, size))
            elif head.startswith(GZIP):
                with gzip.open(file) as unpacked:
                    yield from _read(cast("IO[bytes]", unpacked), size, start)
            else:
                yield from _read(file, size, start)
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        msg = f"{path} is damaged or cut off ({error}); fetch or write it again"
        raise DataError(msg) from error
    except OSError as error:
        msg = f"cannot read {path}: {error.strerror or error}"
        raise DataError(msg) from error


def _read(file: IO[bytes], size: int, start: int) -> Iterator[bytes]:
    file.seek(start)
    while data := file.read(size):
        yield data


def _xz(file: IO[bytes], size: int) -> Iterator[bytes]:
    """Yield the content of all streams of an xz file.

    Python's `lzma.open` takes whatever it cannot read behind the first stream for the end of the file, so that a
    damaged second stream would be left out without a word.

    Raises:
        EOFError: the file ends within a stream.
        lzma.LZMAError: a stream is damaged, or something else follows one.
    """
    stream = lzma.LZMADecompressor(lzma.FORMAT_XZ)
    while True:
        packed = b""
        if stream.eof:
            packed = stream.unused_data.lstrip(b"\0")  # padding is allowed between streams
            while not packed:
                more = file.read(size)
                if not more:
                    return
                packed = more.lstrip(b"\0")
            stream = lzma.LZMADecompressor(lzma.FORMAT_XZ)
        elif stream.needs_input:
            packed = file.read(size)
            if not packed:
                msg = "it ends before the end of its data"
                raise EOFError(msg)
        if data := stream.decompress(packed, size):
            yield data


def _behind(start: int, whole: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what lies behind an offset."""
    for data in whole:
        if len(data) > start:
            yield data[start:]
        start = max(0, start - len(data))
