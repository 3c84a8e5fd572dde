"""What the whole challenge would cost, from measured rates: ``python benchmarks/scale.py [CORE.json] [GPU.json]``.

Every detector that has a rate, five seeds, the official files of all four channels and 34 pairs, 80-10-10.
Nothing is run. Rates of a core are those of ``benchmarks/detectors.py --json``, of a GPU those of ``benchmarks/gpu.py``
with the same option; both grow in proportion to events (``benchmarks/scaling.py``) but for those in `GROWTH`. Networks
train for all their epochs, though most stop earlier, so times are upper ends. Hours are of runs alone: reading takes a
minute, ranking a second.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from _detectors import Samples
from adbench_darkmachines.card import CHANNEL_CARDS

from adbench.data.arrays import write_events
from adbench.registry import catalogue

ROOT = Path(__file__).resolve().parent
SIGNALS = {"1": 38_666, "2a": 11_089, "2b": 89_676, "3": 1_023_320}  # arXiv:2105.14027, table 3; 2a as published
SEEDS, NODES, CORES = 5, 100, 16
WAYS = {"core": "", "gpu": "train_events_per_s", "gpu, batch 4096": "large_batch_train_events_per_s"}
"""What trains: a core, or the rate of gpu.json at which a GPU does."""
GROWTH = {"one_class_svm": (2, 1), "k_nearest_neighbours": (1, 1), "kde": (1, 1)}
"""Exponents of training time, and of scoring time of one event, in the events that are kept."""
SAME_NETWORK = {"surjective": "surjective_classifier_stochastic", "point": "point_diffusion"}
"""Whose rates on a GPU stand for those of a family that were not measured: other labels, another weight of the loss."""
SCORE_BYTES = 33  # of a scored event with three scores, as stored (compressed)
COORDINATE_BYTES = 120  # of the 15 latent numbers that autoencoders store beside them


def main() -> None:
    core, gpu = (json.loads(Path(path).read_text(encoding="utf-8")) for path in paths())
    names = [spec.name for spec in catalogue().detectors if spec.name in core["detectors"]]
    print(f"{len(names)} detectors x {SEEDS} seeds x 4 channels = {len(names) * SEEDS * 4} runs; {gpu['device']}")
    hours: dict[str, Counter[str]] = {way: Counter() for way in WAYS}
    longest = dict.fromkeys(hours, (0.0, ""))
    training, families = 0.0, Counter[str]()
    for name in names:
        for channel in SIGNALS:
            for way in hours:
                fit, score = seconds(name, channel, core, gpu, way)
                hours[way][channel] += SEEDS * (fit + score) / 3600
                longest[way] = max(longest[way], ((fit + score) / 3600, f"{name}, channel {channel}"))
                if way == "core":
                    training += SEEDS * fit / 3600
                    families[family(name)] += SEEDS * (fit + score) / 3600
    print(f"\n{'hours':<18}{''.join(f'{channel:>9}' for channel in SIGNALS)}{'all':>10}   longest run")
    for way, of in hours.items():
        columns = "".join(f"{of[channel]:>9,.1f}" for channel in SIGNALS)
        print(f"{way:<18}{columns}{sum(of.values()):>10,.0f}   {longest[way][0]:,.1f} h: {longest[way][1]}")
    total, slowest = sum(hours["core"].values()), longest["core"][0]
    cluster = max(total / (NODES * CORES), slowest)
    print(
        f"\ntwo cores {total / 2:,.0f} h; {NODES} nodes of {CORES} cores {cluster:,.1f} h; longest run {slowest:,.1f} h"
    )
    print(f"training is {training / total:.0%} of it, 30 detectors {30 / len(names):.0%}; by the first word of a name:")
    for word, spent in families.most_common(6):
        print(f"  {word:<12} {spent / total:4.0%}")
    disk(len(names))
    on_gpu(gpu)


def paths() -> list[Path]:
    """Return the files of rates."""
    given = [Path(word) for word in sys.argv[1:]]
    return given + [ROOT / "core.json", ROOT / "gpu.json"][len(given) :]


def family(name: str) -> str:
    """Return the first word of a detector's name."""
    return name.partition("_")[0]


def seconds(name: str, channel: str, core: Any, gpu: Any, way: str) -> tuple[float, float]:
    """Return seconds of training and of scoring in a channel; what no GPU was measured for runs on a core."""
    n = CHANNEL_CARDS[channel].background
    scored, trained = 0.2 * n + SIGNALS[channel], 0.8 * n
    one, fast = core["detectors"][name], gpu["detectors"].get(name)
    if fast is None:
        fast = gpu["detectors"].get(SAME_NETWORK.get(family(name), name))
    if WAYS[way] and fast is not None:
        return one["epochs"] * trained / fast[WAYS[way]], scored / fast["score_events_per_s"]
    kept = getattr(catalogue().detectors.get(name).resolve(), "max_training_events", trained)
    kept = min(trained, kept)
    in_training, in_scoring = GROWTH.get(name, (1, 0))
    fit = one["epochs"] * core["events"] / one["training"] * (kept / core["events"]) ** in_training
    return fit, scored / one["scoring"] * (kept / core["events"]) ** in_scoring


def disk(detectors: int) -> None:
    """Print bytes of events and results."""
    events = Samples.of(2_000, 10).train
    with tempfile.TemporaryDirectory() as folder:
        write_events(Path(folder), iter([events]), events.kinds.shape[1])
        each = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file()) / len(events)
    n = sum(card.background for card in CHANNEL_CARDS.values())
    arrays = each * (n + sum(SIGNALS.values())) / 1e9
    scored = 0.2 * n + sum(SIGNALS.values())
    results = detectors * SEEDS * scored * SCORE_BYTES / 1e9
    latent = detectors * SEEDS * scored * COORDINATE_BYTES / 1e9
    print(
        f"disk: events {arrays:.1f} GB ({each:.0f} bytes each), scores {results:.0f} GB, latents up to {latent:.0f} GB"
    )


def on_gpu(gpu: Any) -> None:
    """Print the speeds on a GPU as Markdown."""
    print(f"\n| {gpu['device']}, events/s | batch | training | of 4,096 | scoring | over a core | agreement |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, one in gpu["detectors"].items():
        over = [one[key] / one[f"core_{key}"] for key in ("train_events_per_s", "score_events_per_s")]
        rates = " | ".join(
            f"{float(f'{one[key]:.2g}'):,.0f}"
            for key in ("train_events_per_s", "large_batch_train_events_per_s", "score_events_per_s")
        )
        print(f"| `{name}` | {one['batch']:.0f} | {rates} | {over[0]:.1f}, {over[1]:.1f} | {one['disagreement']:.0e} |")


if __name__ == "__main__":
    main()
