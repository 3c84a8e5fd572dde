"""Where the time of the slowest detectors goes: ``python benchmarks/profiles.py [NAME ...]``.

Operations of torch on one core, by their own processor time, as shares of a brief training and of scoring. What is
missing is Python, numpy, and operations that are small.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

from _detectors import Samples, fitted
from torch.profiler import ProfilerActivity, profile

from adbench.registry import catalogue

SLOWEST = ("conv_vae_nsf_ar", "set_vae", "surjective_dequantized_stochastic", "point_diffusion")
SHOWN = 6


def main() -> None:
    samples = Samples.of(2_000, 500)
    for name in sys.argv[1:] or SLOWEST:
        spec = catalogue().detectors.get(name)
        fitted(spec, replace(samples, train=samples.train[:300]), time.process_time)  # imports and compiles
        with profile(activities=[ProfilerActivity.CPU]) as training:
            detector, _ = fitted(spec, samples, time.process_time)
        with profile(activities=[ProfilerActivity.CPU]) as scoring:
            detector.score(samples.test)
        for what, measured in (("training", training), ("scoring", scoring)):
            table = measured.key_averages()
            whole = sum(one.self_cpu_time_total for one in table)
            largest = sorted(table, key=lambda one: -one.self_cpu_time_total)[:SHOWN]
            parts = ", ".join(
                f"{one.key.removeprefix('aten::')} {one.self_cpu_time_total / whole:.0%}" for one in largest
            )
            print(f"{name}, {what}: {parts}", flush=True)


if __name__ == "__main__":
    main()
