"""Print the AUC of each score on each resonance of lhco, with 68 % intervals, from stored runs.

python studies/quak_lhco.py RESULTS
"""

from __future__ import annotations

import json
import subprocess
import sys


def main(results: str) -> None:
    """Ask the leaderboard for every named score and print one line of a table per score."""
    command = ["adbench", "leaderboard", "--results", results, "--dataset", "lhco", "--channel", "bb1"]
    done = subprocess.run([*command, "--all-scores", "--format", "json"], check=True, capture_output=True, text=True)
    entries = json.loads(done.stdout)["entries"]
    signals = list(entries[0]["cells"])
    print("| score |", " | ".join(name.partition("/")[2] for name in signals), "|")
    print("|---|" + "---|" * len(signals))
    for entry in entries:
        cells = [entry["cells"][name]["auc"] for name in signals]
        print(
            f"| {entry['entry']} |",
            " | ".join(f"{c['value']:.3f} [{c['low']:.3f}, {c['high']:.3f}]" for c in cells),
            "|",
        )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "results")
