"""Benchmarks are run by hand, but the one that reads stored rates must find those of the detectors that there are."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from adbench.registry import catalogue

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


def test_the_cost_of_the_whole_challenge_counts_every_detector_with_a_rate() -> None:
    rates = json.loads((BENCHMARKS / "core.json").read_text(encoding="utf-8"))["detectors"]
    known = [spec.name for spec in catalogue().detectors if spec.name in rates]
    done = subprocess.run([sys.executable, BENCHMARKS / "scale.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{len(known)} detectors x 5 seeds x 4 channels = {20 * len(known)} runs")
    found = re.search(r"^core +([\d.,]+) +([\d.,]+) +([\d.,]+) +([\d.,]+) +([\d,]+) ", done.stdout, re.MULTILINE)
    assert found, done.stdout
    *channels, total = (float(word.replace(",", "")) for word in found.groups())
    assert total > 0
    assert abs(sum(channels) - total) < 1
