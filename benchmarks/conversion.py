"""Conversion of a file of channel 3's size to the cache: speed, memory, resuming, and ratios to two other ways.

The file is made by drawing lines, with replacement, from the channel-3 background of the bundled sample. Everything
runs on two cores, in fresh processes, by the clock: from a plain CSV file to arrays that are synced to the disk, the
hash of the file included. The rivals only fill arrays in memory, without cuts, order or validation; they read a
smaller file, since polars needs several times its size in memory. Rounds alternate, and the best of each way counts.

    python benchmarks/conversion.py                      # 8.5 million lines, 4.5 GB of disk
    python benchmarks/conversion.py --lines 1000000
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib.util
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from reader import WARM_UP, plain_loop, with_polars

CORES = 2
NAME = "background_chan3.csv"
RIVALS = {"plain Python loop": plain_loop, "polars split/explode": with_polars}
OURS = "adbench, to the cache"


def convert(path: Path, cache: Path) -> Path:
    """Convert with the settings of a run; return the folder of the arrays."""
    from adbench_darkmachines.card import SLOTS
    from adbench_darkmachines.convert import Converter

    converter = Converter(cache, raw=False, skip_bad_lines=False, event_id_is_source=False)
    return converter.convert(path, "3", SLOTS).folder


def make_file(path: Path, n: int) -> None:
    """Write a file of n lines of the bundled sample."""
    from adbench_darkmachines.dataset import EDITIONS

    sample = EDITIONS["sample"] / "chan3" / "background_chan3_train.csv.gz"
    lines = gzip.decompress(sample.read_bytes()).splitlines(keepends=True)
    rng = random.Random(1)
    path.parent.mkdir()
    with path.open("wb") as file:
        for start in range(0, n, 100_000):
            file.writelines(rng.choices(lines, k=min(100_000, n - start)))


def measure(way: str, path: Path, cache: Path) -> None:
    """Do one way in this process, after a warm-up; print seconds, peak memory in MB and where the result is."""
    with tempfile.TemporaryDirectory(dir=path.parent) as name:  # compiles, and starts the threads
        warm = path.parent.parent / "warm" / NAME
        convert(warm, Path(name)) if way == OURS else RIVALS[way](warm)
    os.sync()  # what was written before is not to be waited for
    start, result = time.perf_counter(), ""
    if way == OURS:
        result = str(convert(path, cache))
    else:
        RIVALS[way](path)
    seconds = time.perf_counter() - start
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({"seconds": seconds, "peaks": peaks, "result": result}))


def child(way: str, path: Path, cache: Path) -> subprocess.Popen[str]:
    """Start `measure` in a process of its own."""
    command = [sys.executable, __file__, "--way", way, "--path", str(path), "--cache", str(cache)]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS"), str(CORES))
    return subprocess.Popen(command, env=os.environ | threads, stdout=subprocess.PIPE, text=True)


def done(process: subprocess.Popen[str]) -> dict[str, Any]:
    output, _ = process.communicate()
    if process.returncode:
        sys.exit(f"{process.args} ended with {process.returncode}")
    found: dict[str, Any] = json.loads(output)
    return found


def digest(folder: Path) -> str:
    """Return a hash of all files of a folder."""
    found = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            found.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
    return found.hexdigest()


def killed_halfway(path: Path, cache: Path, size: int) -> float:
    """Kill a conversion with SIGKILL when its journal is past half of the file; return the share that it had done."""
    process, share = child(OURS, path, cache), 0.0
    while process.poll() is None and share < 0.5:
        for journal in (cache / "darkmachines").glob(".*.partial/journal.json"):
            share = json.loads(journal.read_text())["offset"] / size
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return share


def full_size(folder: Path, n: int) -> None:
    """Convert the large file, then once more with a kill on the way."""
    path = folder / "large" / NAME
    size = path.stat().st_size
    print(f"{n:,} lines, {size / 1e9:.2f} GB of CSV, {CORES} cores")
    whole = done(child(OURS, path, folder / "whole"))
    rate, (own, children) = n / whole["seconds"], whole["peaks"]
    print(f"converted in {whole['seconds']:.1f} s: {rate:,.0f} events/s, {size / whole['seconds'] / 1e6:.0f} MB/s")
    print(f"peak memory: {own:.0f} MB, processes that it started: {children:.0f} MB")
    share = killed_halfway(path, folder / "killed", size)
    again = done(child(OURS, path, folder / "killed"))
    same = digest(Path(again["result"])) == digest(Path(whole["result"]))
    print(
        f"killed after {100 * share:.0f} %, taken up again: {again['seconds']:.1f} s for the rest, "
        f"{'the same bytes' if same else 'OTHER BYTES'}"
    )


def compare(folder: Path, n: int, repeats: int) -> None:
    """Time all ways in turn on one file; print the best of each."""
    ways = [OURS, "plain Python loop"]
    if importlib.util.find_spec("polars") is not None:
        ways.append("polars split/explode")
    found: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    for round_ in range(repeats):
        for way in ways:
            found[way].append(done(child(way, folder / "small" / NAME, folder / f"round{round_}")))
    best = {way: min(each["seconds"] for each in results) for way, results in found.items()}
    print(
        f"\n{n:,} lines, best of {repeats}\n{'':24} {'events/s':>10} {'slower by':>10} {'peak MB':>8}   all rounds [s]"
    )
    for way, results in found.items():
        rounds = " ".join(f"{each['seconds']:.2f}" for each in results)
        peak = max(each["peaks"][0] for each in results)
        print(f"{way:24} {n / best[way]:10,.0f} {best[way] / best[OURS]:10.2f} {peak:8.0f}   {rounds}")
    if len(ways) == 2:
        print("polars is not installed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=8_500_000)
    parser.add_argument("--compare-lines", type=int, default=500_000, help="lines of the file for the comparison")
    parser.add_argument("--repeats", type=int, default=5, help="rounds of the comparison")
    parser.add_argument("--way", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help="where the files are made; default: the system's temporary folder")
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--cache", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.way:
        measure(chosen.way, chosen.path, chosen.cache)
        return
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        folder = Path(name)
        for size, n in (("large", chosen.lines), ("small", chosen.compare_lines), ("warm", WARM_UP)):
            make_file(folder / size / NAME, n)
        full_size(folder, chosen.lines)
        compare(folder, chosen.compare_lines, chosen.repeats)


if __name__ == "__main__":
    main()
