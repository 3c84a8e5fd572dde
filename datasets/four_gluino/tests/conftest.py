from __future__ import annotations

from pathlib import Path

import pytest
from adbench_four_gluino.dataset import FourGluino
from adbench_four_gluino.sizes import EDITIONS, Sizes

from adbench.api import DatasetOptions


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FourGluino:
    """The sample edition with few events, in a cache of its own."""
    monkeypatch.setitem(EDITIONS, "sample", Sizes(2_000, 300, 800, 400))
    return FourGluino(DatasetOptions(cache=tmp_path / "cache"))
