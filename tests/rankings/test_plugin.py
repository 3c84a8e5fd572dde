"""The rankings as plugins."""

from __future__ import annotations

import subprocess
import sys

from adbench.api import Ranking
from adbench.rankings.plugin import SIX_RANKINGS, TOTAL_IMPROVEMENTS, adbench_rankings


def test_every_ranking_loads_under_its_name() -> None:
    specs = adbench_rankings()
    assert tuple(spec.name for spec in specs) == SIX_RANKINGS + TOTAL_IMPROVEMENTS
    for spec in specs:
        ranking = spec.load()
        assert isinstance(ranking, Ranking)
        assert ranking.name == spec.name
        assert ranking.higher_is_better == (spec.name != "average_rank")
        assert ranking.figure == ("max_si" if spec.name in TOTAL_IMPROVEMENTS else "")


def test_listing_costs_no_numpy() -> None:
    code = "import sys, adbench.rankings.plugin as p; p.adbench_rankings(); sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
