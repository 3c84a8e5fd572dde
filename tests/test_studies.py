"""The studies in the repository name what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from adbench.cli import main

STUDIES = sorted((Path(__file__).parents[1] / "studies").glob("*.yaml"))


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_every_run_of_a_study_can_be_planned(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["study", str(path), "--dry-run", "--results", str(tmp_path)])
    assert not left.value.code, capsys.readouterr().err
    out = capsys.readouterr().out
    assert "skipped" not in out
    assert "not_installed" not in out
