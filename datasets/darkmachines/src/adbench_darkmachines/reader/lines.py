"""Blocks of whole lines from a plain, gzip or xz file, with bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from adbench.api.errors import DataError
from adbench_darkmachines.reader.unpack import pieces

__all__ = ["BLOCK", "Block", "blocks"]

BLOCK = 1 << 20  # bytes: its arrays stay in the processor's cache
LONGEST_LINE = 1 << 20  # bytes: 100 objects need 6,000
NEWLINE = ord("\n")


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a file.

    Attributes:
        text: their bytes; the last one is a newline, added where the file's last line has none.
        first_line: number of the first line, counted from 1.
        n_lines: how many lines there are.
        end: offset of what follows them in the uncompressed file.
    """

    text: bytes
    first_line: int
    n_lines: int
    end: int


def blocks(path: Path, size: int = BLOCK, start: int = 0, first_line: int = 1) -> Iterator[Block]:
    """Yield the lines of a file in blocks of about `size` uncompressed bytes.

    The compression is told from the first bytes, not from the name.

    Args:
        path: the file.
        size: bytes read at once.
        start: offset in the uncompressed file of the line to begin with; a compressed file is unpacked up to there.
        first_line: number of that line.

    Raises:
        DataError: no such file, an empty file, damaged or cut-off compressed data, or a line of more than 1 MiB.
    """
    line, rest, read = first_line, b"", start
    for data in pieces(path, size, start):
        read += len(data)
        end = data.rfind(b"\n") + 1
        if end == 0:
            rest += data
            if len(rest) > LONGEST_LINE:
                msg = f"{path}:{line}: line of more than {LONGEST_LINE >> 20} MiB; expected one event per line"
                raise DataError(msg)
            continue
        n_lines = int(np.count_nonzero(np.frombuffer(data, np.uint8)[:end] == NEWLINE))
        yield Block(b"".join((rest, memoryview(data)[:end])), line, n_lines, read - (len(data) - end))
        line, rest = line + n_lines, data[end:]
    if rest:
        yield Block(rest + b"\n", line, 1, read)
    elif line == 1:
        msg = f"{path} is empty; expected one event per line: id;process;weight;MET;METphi;object,E,pt,eta,phi;..."
        raise DataError(msg)
