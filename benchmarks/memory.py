"""Peak memory of a whole run (training and scoring by the harness) against the number of events.

Events of the bundled sample's channel 3 are drawn with replacement into one memory-mapped folder. Each row is a
process of its own that trains on 80 % of the first n events, validates on 10 % and tests on 10 %; "k-folds" divides
them by every k-th event, as a data set in one file does. "Own" is what the process itself allocated (resident
anonymous memory, looked at every millisecond); "resident" adds the mapped pages of the files, which the system takes
back when it needs them. The slope is that of own memory between the smallest and the largest number.

"torch" is an autoencoder on `adbench.torchkit.StreamedSample`, one epoch.

    python benchmarks/memory.py
    python benchmarks/memory.py --detector pca --events 500000 4000000 --folds 5
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from adbench.api import Dataset, DatasetInfo, DatasetOptions, Detector, DetectorSpec, Events, RunContext

DETECTORS = ("met", "ht", "m_eff", "isolation_forest", "pca", "gaussian_mixture", "k_nearest_neighbours", "torch")
PIECE = 50_000  # events written at once


def sample() -> Events:
    """Return the channel-3 background of the bundled sample."""
    from adbench_darkmachines.dataset import DarkMachines

    return DarkMachines(DatasetOptions()).train("3")


def make_events(folder: Path, n: int) -> None:
    """Write n events."""
    from adbench.data.arrays import write_events

    events, rng = sample(), np.random.default_rng(1)

    def pieces() -> object:
        for start in range(0, n, PIECE):
            rows = np.arange(start, min(start + PIECE, n))
            piece = events[rng.integers(len(events), size=len(rows))]
            aux = {"row": rows + 1, "source": rows + 1}
            yield Events(**{name: getattr(piece, name) for name in
                            ("objects", "kinds", "features", "categories", "weights", "schema")}, aux=aux)  # fmt: skip

    write_events(folder, pieces(), events.kinds.shape[1])


class Mapped(Dataset):
    """The first n events of a folder as one channel with one signal."""

    def __init__(self, folder: Path, n: int, folds: int) -> None:
        super().__init__(DatasetOptions())
        self._folder, self._n, self._folds, self._fold = folder, n, folds, 0

    @property
    def info(self) -> DatasetInfo:
        """Describe it."""
        return DatasetInfo("mapped", "", ("3",), {"3": ("signal",)}, folds=self._folds)

    def fingerprint(self, channel: str) -> str:
        """Return nothing: no result is stored."""
        return ""

    def train(self, channel: str) -> Events:
        """Return 80 %."""
        return self._part("train", slice(0, self._n * 8 // 10))

    def validation(self, channel: str) -> Events:
        """Return 10 %."""
        return self._part("validation", slice(self._n * 8 // 10, self._n * 9 // 10))

    def background(self, channel: str) -> Events:
        """Return 10 %."""
        return self._part("test", slice(self._n * 9 // 10, self._n))

    def signal(self, channel: str, name: str) -> Events:
        """Return 2,000 events."""
        return sample()[:2000]

    def fold(self, index: int) -> Dataset:
        """Return the view of one fold."""
        view = Mapped(self._folder, self._n, self._folds)
        view._fold = index
        return view

    def _part(self, part: str, rows: slice) -> Events:
        from adbench_darkmachines.card import SCHEMA
        from adbench_darkmachines.partition import fold_part

        from adbench.data.arrays import load_events

        events = load_events(self._folder, SCHEMA)[: self._n]
        if self._folds == 1:
            return events[rows]
        return fold_part(events, self._n, False, self._fold, self._folds, part)


def flat(events: Events) -> tuple[np.ndarray, ...]:
    """Return the objects of each event as one row."""
    return (events.objects.reshape(len(events), -1).copy(),)


def torch_detector() -> type[Detector]:
    """Return a small autoencoder that is trained from the map, as `adbench.torchkit` offers it."""
    import torch

    from adbench import torchkit

    class Autoencoder(Detector):
        Params = object

        def fit(self, train: Events, validation: Events, priors: object) -> None:
            width, moments = train.objects[0].size, torchkit.Moments()
            for part in torchkit.blocks(train):
                moments.add(flat(part)[0], part.weights)
            self.scale = torchkit.Standardiser((width,)).learn(moments)
            self.network = torch.nn.Sequential(torch.nn.Linear(width, 8), torch.nn.ReLU(), torch.nn.Linear(8, width))
            settings = torchkit.FitSettings(epochs=1, batch_size=4096, learning_rate=1e-3)
            samples = (torchkit.sample_of(events, flat, torch.device("cpu"), 0) for events in (train, validation))
            torchkit.fit(self.network, lambda batch, _: self.loss(batch[0]), *samples, settings, self.context)

        def loss(self, x: torch.Tensor) -> torch.Tensor:
            scaled = self.scale(x)
            return ((self.network(scaled) - scaled) ** 2).mean(1)

        def score(self, events: Events) -> np.ndarray:
            def losses(part: Events) -> dict[str, torch.Tensor]:
                return {"loss": self.loss(torch.from_numpy(flat(part)[0]))}

            return torchkit.score_in_batches(events, 4096, ["loss"], losses)["loss"]

    return Autoencoder


def anonymous() -> int:
    """Return the resident anonymous memory of this process in kB."""
    with Path("/proc/self/status").open("rb") as file:
        return int(next(line for line in file if line.startswith(b"RssAnon")).split()[1])


class Watch(threading.Thread):
    """Looks at the own memory every millisecond and keeps the highest value, in kB."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = anonymous()

    def run(self) -> None:
        """Look until the process ends."""
        while True:
            self.peak = max(self.peak, anonymous())
            time.sleep(0.001)


def measure(name: str, folder: Path, n: int, folds: int) -> None:
    """Do one run in this process; print own and resident memory before and at the peak, in MB, and seconds."""
    from adbench.registry import catalogue
    from adbench.runs.protocol import Experiment

    if name == "torch":
        spec, detector_type, params = (
            DetectorSpec(name="torch", target="none:None", scores=("loss",)),
            torch_detector(),
            object(),
        )
    else:
        spec = catalogue().detectors.get(name)
        detector_type, params = spec.load(), spec.resolve("default")
    sample()
    idle, watch, start = anonymous(), Watch(), time.perf_counter()
    watch.start()
    Experiment(Mapped(folder, n, folds), "3", spec).run(lambda: detector_type(params, RunContext(seed=1)))
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = time.perf_counter() - start
    print(json.dumps([idle / 1024, watch.peak / 1024, resident / 1024, seconds]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--detector", nargs="+", default=list(DETECTORS))
    parser.add_argument("--events", nargs="+", type=int, default=[500_000, 1_000_000, 4_000_000])
    parser.add_argument("--folds", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the events are made; default: a temporary folder")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        measure(chosen.detector[0], chosen.folder, chosen.events[0], chosen.folds)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) if chosen.folder is None else chosen.folder
        folder.mkdir(parents=True, exist_ok=True)
        if not list(folder.iterdir()):
            make_events(folder, max(chosen.events))
        print(f"{'detector':22} {'events':>10} {'idle MB':>8} {'own MB':>8} {'resident MB':>12} {'seconds':>8}")
        for detector in chosen.detector:
            rows(detector, folder, sorted(chosen.events), chosen.folds)


def rows(detector: str, folder: Path, events: list[int], folds: int) -> None:
    """Print a row per number of events, and the slope."""
    peaks = []
    for n in events:
        command = [sys.executable, __file__, "--one", "--detector", detector, "--events", str(n), "--folds", str(folds)]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        run = [*command, "--folder", str(folder)]
        done = subprocess.run(run, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{detector:22} {n:10,} failed: {done.stderr.strip().splitlines()[-1]}")
            return
        idle, own, resident, seconds = json.loads(done.stdout)
        peaks.append(own)
        print(f"{detector:22} {n:10,} {idle:8.0f} {own:8.0f} {resident:12.0f} {seconds:8.1f}", flush=True)
    if len(peaks) > 1:
        print(
            f"{detector:22} {'slope':>10} {(peaks[-1] - peaks[0]) * 2**20 / (events[-1] - events[0]):8.1f} bytes/event"
        )


if __name__ == "__main__":
    main()
