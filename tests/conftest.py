from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adbench.plugins import plugins
from adbench.registry import catalogue


def _forget_plugins() -> None:
    plugins.cache_clear()
    catalogue.cache_clear()


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Put a distribution with an adbench entry point on the path, the way an installed one is found."""

    def put(distribution: str, entry: str, module: str, source: str | None = None, version: str = "1.0") -> None:
        site = tmp_path / "site"
        info = site / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[adbench]\n{entry} = {module}\n")
        if source is not None:
            (site / f"{module}.py").write_text(source)
            monkeypatch.delitem(sys.modules, module, raising=False)
        monkeypatch.syspath_prepend(str(site))
        _forget_plugins()

    _forget_plugins()
    yield put
    _forget_plugins()


@pytest.fixture
def toys(install: Callable[..., None]) -> None:
    """Install the toy data set and the toy detectors."""
    install("adbench-toys", "toys", "adbench.testing.toy_plugin")
