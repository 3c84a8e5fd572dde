from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

from adbench.runs.environment import installed_versions, source_hash, surroundings


def test_versions_of_what_is_imported_are_recorded() -> None:
    found = installed_versions()
    assert found["numpy"] == np.__version__
    assert found["adbench-lhc"] == version("adbench-lhc")
    assert "pip" not in found


def test_the_source_hash_changes_with_the_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "some_plugin.py").write_text("x = 1\n")
    before = source_hash("some_plugin:X")
    (tmp_path / "some_plugin.py").write_text("x = 2\n")
    assert len(before) == 16
    assert source_hash("some_plugin:X") != before
    assert source_hash("no_such_module:X") == ""


def test_surroundings_name_settings_and_command() -> None:
    found = surroundings("cpu", 2, "local", "adbench run")
    assert found["threads"] == 2
    assert found["command"] == "adbench run"
