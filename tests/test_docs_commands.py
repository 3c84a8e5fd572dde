"""The commands of the pages, done one after the other as a reader would; minutes, so `make test-all` runs them."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
_OF_THE_READER = (  # what only a reader has: own files, keys, clusters, a network, an extra
    "my_", "new_events", "0123abcd", "hardest_jet", "some_run", "slurm", "condor", "tcp:", "here/", "both", "fetch",
    "generate", " DIR", "DIR ", "FILE", "KEY", "secret", "hackathon", "darkmachines-2021", "published", "compat",
)  # fmt: skip
_HEAVY = re.compile(r"adbench (run|study)\b.*(vae|surjective|diffusion|quak|supervised_mlp|flow|studies/)")


def commands(page: Path) -> list[str]:
    lines = [
        line for block in re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL) for line in block.splitlines()
    ]
    found = [line.split("  #")[0].strip() for line in lines if line.startswith("adbench ")]
    return [line for line in found if not any(word in line for word in _OF_THE_READER)]


@pytest.mark.slow
@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.stem)
def test_the_commands_of_a_page_are_done(page: Path, tmp_path: Path) -> None:
    (tmp_path / "studies").symlink_to(ROOT / "studies")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ADBENCH_PLUGIN")}
    environment |= {"OMP_NUM_THREADS": "1", "COLUMNS": "200", "MPLBACKEND": "agg"}

    def call(line: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", *shlex.split(line)], cwd=tmp_path, env=environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"

    found = commands(page)
    if any(
        line.startswith(("adbench leaderboard", "adbench plot", "adbench results", "adbench status")) for line in found
    ):
        call("adbench run -d met -d pca -c 1 -c 2b")
    planned = ""  # what is too long to be done here is planned only, and has no results to look at
    for line in found:
        heavy = bool(_HEAVY.match(line)) and "--dry-run" not in line
        planned += line if heavy else ""
        data = re.search(r"--dataset (\S+)", line)
        if heavy or data is None or f"--dataset {data[1]}" not in planned:
            call(f"{line} --dry-run" if heavy else line)
