"""Where reference data are looked for, and what a test says that does not find them."""

from __future__ import annotations

from pathlib import Path

import pytest

from adbench.testing.reference import find_reference_data, reference_data


def test_the_variable_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "a.csv").write_text("")
    monkeypatch.setenv("ADBENCH_REFERENCE_DATA", str(tmp_path))
    assert reference_data("set", "a.csv") == tmp_path / "set" / "a.csv"
    assert find_reference_data("set", "b.csv") is None


def test_without_the_variable_the_folder_beside_the_project_serves(tmp_path, monkeypatch) -> None:
    project = tmp_path / "project"
    (project / "tests").mkdir(parents=True)
    (project / "pyproject.toml").write_text("")
    (tmp_path / "shared" / "data" / "only_here").mkdir(parents=True)
    monkeypatch.delenv("ADBENCH_REFERENCE_DATA", raising=False)
    monkeypatch.chdir(project / "tests")
    assert reference_data("only_here") == tmp_path / "shared" / "data" / "only_here"


def test_a_missing_file_skips_and_says_how_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADBENCH_REFERENCE_DATA", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match=r"needs reference data set/a\.csv: set ADBENCH_REFERENCE_DATA"):
        reference_data("set", "a.csv")
