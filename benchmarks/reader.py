"""How fast the Dark Machines reader is, beside a plain Python loop and polars, each on one core.

A large file is made by drawing lines, with replacement, from the real channel-1 background where
ADBENCH_REFERENCE_DATA or ../shared/data holds it, and from the bundled sample otherwise. Every way of reading runs
in a process of its own with one thread, after a warm-up on a small file. Rates are per second of processor time, so
that other work on the machine does not enter; peak memory is that of the process, idle memory that before the large
file was read.

    python benchmarks/reader.py --events 500000
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

WARM_UP = 2000  # lines
MEV = 1e-3  # GeV per MeV


def stream(path: Path) -> int:
    """Ours: cuts, order and validation, block by block."""
    from adbench_darkmachines.reader import Reading, Report, iter_events

    return sum(len(events) for events in iter_events(path, Reading(channel="1"), Report()))


def read(path: Path) -> int:
    """Ours: all events in memory at once."""
    from adbench_darkmachines import read_events

    return len(read_events(path, channel="1"))


def convert(path: Path) -> int:
    """Ours: into the memory-mapped cache, synced to disk; the file's hash included."""
    from adbench_darkmachines.card import SCHEMA, SLOTS
    from adbench_darkmachines.convert import Converter

    from adbench.data.arrays import load_events

    cache = Path(tempfile.mkdtemp(dir=path.parent))
    try:
        folder = Converter(cache, raw=False, skip_bad_lines=False, event_id_is_source=False).convert(path, "1", SLOTS)
        return len(load_events(folder.folder, SCHEMA))
    finally:
        shutil.rmtree(cache)


def plain_loop(path: Path) -> int:
    """The usual script: split every line, fill padded arrays; no cuts, no order, no validation."""
    kinds = {"j": 1, "b": 2, "e-": 3, "e+": 4, "m-": 5, "m+": 6, "g": 7}
    with path.open() as file:
        n = sum(1 for _ in file)
    objects, codes = np.zeros((n, 18, 4), np.float32), np.zeros((n, 18), np.int8)
    features = np.zeros((n, 2), np.float32)
    with path.open() as file:
        for i, line in enumerate(file):
            fields = line.rstrip(";\n").split(";")
            features[i] = float(fields[3]) * MEV, float(fields[4])
            for slot, listed in enumerate(fields[5:]):
                symbol, e, pt, eta, phi = listed.split(",")
                codes[i, slot] = kinds[symbol]
                objects[i, slot] = float(e) * MEV, float(pt) * MEV, float(eta), float(phi)
    return n


def with_polars(path: Path) -> int:
    """Split and explode expressions to flat columns; no cuts, no order, no validation, no padding."""
    import polars as pl

    lines = pl.read_csv(path, has_header=False, separator="\x01", quote_char=None, new_columns=["line"])
    fields = lines.select(pl.col("line").str.strip_chars_end(";").str.split(";").alias("f")).with_row_index("event")
    head = fields.select(
        pl.col("f").list.get(3).cast(pl.Float32) * MEV, pl.col("f").list.get(4).cast(pl.Float32).alias("phi")
    )
    listed = fields.select("event", pl.col("f").list.slice(5)).explode("f")
    parts = listed.select("event", pl.col("f").str.split_exact(",", 4).alias("o")).unnest("o")
    numbers = parts.with_columns(pl.col(f"field_{i}").cast(pl.Float32) for i in range(1, 5))
    assert len(numbers) > len(head)
    return len(head)


WAYS: dict[str, tuple[Callable[[Path], int], str]] = {
    "adbench, streamed": (stream, "csv"),
    "adbench, in memory": (read, "csv"),
    "adbench, to the cache": (convert, "csv"),
    "adbench, streamed from gzip": (stream, "csv.gz"),
    "plain Python loop": (plain_loop, "csv"),
    "polars split/explode": (with_polars, "csv"),
}


def source_lines() -> tuple[list[bytes], str]:
    """Return background lines of channel 1, and where they are from."""
    from adbench_darkmachines.opening import SAMPLE

    from adbench.testing.reference import find_reference_data

    real = find_reference_data("darkmachines_events", "background_chan1_7.79_reduced.csv")
    if real is not None:
        return real.read_bytes().splitlines(keepends=True), "real channel-1 background"
    sample = SAMPLE / "chan1" / "background_chan1_train.csv.gz"
    return gzip.decompress(sample.read_bytes()).splitlines(keepends=True), "bundled sample"


def make_files(folder: Path, n: int) -> str:
    """Write the large file, plain and gzip, and the warm-up file; return what the lines are."""
    lines, origin = source_lines()
    rng = random.Random(1)
    (folder / "warm.csv").write_bytes(b"".join(rng.choices(lines, k=WARM_UP)))
    with (folder / "large.csv").open("wb") as plain:
        for start in range(0, n, 100_000):
            plain.writelines(rng.choices(lines, k=min(100_000, n - start)))
    with (folder / "large.csv").open("rb") as plain, gzip.open(folder / "large.csv.gz", "wb", 6) as packed:
        shutil.copyfileobj(plain, packed, 1 << 20)
    return f"{n:,} lines of {origin}, {(folder / 'large.csv').stat().st_size / n:.0f} bytes each"


def measure(way: str, folder: Path, repeats: int) -> None:
    """Run one way in this process; print seconds of each repeat and the peak memory in MB."""
    function, kind = WAYS[way]
    function(folder / "warm.csv")
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        function(folder / f"large.{kind}")
        seconds.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(statistics.median(seconds), peak / 1024, idle / 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--repeats", type=int, default=3, help="the median is printed")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.way:
        measure(chosen.way, chosen.folder, chosen.repeats)
        return
    single = dict.fromkeys(("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS"), "1")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(make_files(folder, chosen.events))
        print(f"{'':28} {'events/s':>10} {'MB/s':>6} {'ratio':>6} {'peak MB':>8} {'idle MB':>8}")
        size, first = (folder / "large.csv").stat().st_size, 0.0
        for way in WAYS:
            if way.startswith("polars") and importlib.util.find_spec("polars") is None:
                print(f"{way:28} not installed")
                continue
            command = [sys.executable, __file__, "--way", way, "--folder", name, "--repeats", str(chosen.repeats)]
            done = subprocess.run(command, env=os.environ | single, capture_output=True, text=True, check=True)
            seconds, peak, idle = map(float, done.stdout.split())
            first = first or seconds
            rate = chosen.events / seconds
            print(f"{way:28} {rate:10,.0f} {size / seconds / 1e6:6.0f} {first / seconds:6.2f} {peak:8.0f} {idle:8.0f}")


if __name__ == "__main__":
    main()
