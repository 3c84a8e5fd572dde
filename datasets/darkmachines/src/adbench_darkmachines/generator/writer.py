"""The challenge's CSV format, compressed so that equal events give equal bytes."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

from adbench.generation.kinematics import Array
from adbench_darkmachines.generator.records import Records
from adbench_darkmachines.selection import SYMBOLS

MEV = 1000.0  # MeV per GeV


def csv_lines(records: Records, event_ids: Array, process_ids: Sequence[str]) -> str:
    """Write one line per event, as arXiv:2105.14027 section 2.2 describes it, with a trailing semicolon.

    `event ID;process ID;weight;MET;METphi;symbol,E,pT,eta,phi;...;` in MeV and rad, six significant digits as C++
    streams print them; the weight is 1.
    """
    objects = [
        f"{SYMBOLS[kind - 1]},{e * MEV:.6g},{pt * MEV:.6g},{eta:.6g},{phi:.6g};"
        for kind, (e, pt, eta, phi) in zip(records.kinds.tolist(), records.objects.tolist(), strict=True)
    ]
    lines, first = [], 0
    for event_id, process_id, met, met_phi, count in zip(
        event_ids.tolist(),
        process_ids,
        records.met.tolist(),
        records.met_phi.tolist(),
        records.counts.tolist(),
        strict=True,
    ):
        listed = "".join(objects[first : first + count])
        lines.append(f"{event_id};{process_id};1;{met * MEV:.6g};{met_phi:.6g};{listed}\n")
        first += count
    return "".join(lines)


def write_gzip(path: Path, text: str) -> str:
    """Write compressed text without name and time in the header; return the file's SHA-256."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as stream:
        stream.write(text.encode("ascii"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())
    return hashlib.sha256(buffer.getvalue()).hexdigest()
