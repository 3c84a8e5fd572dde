"""The studies in the repository name what there is."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from scipy.stats import norm

from adbench.cli import main
from adbench.runs.study import ALL
from adbench.runs.studyfile import read_study

STUDIES = sorted((Path(__file__).parents[1] / "studies").glob("*.yaml"))


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_every_run_of_a_study_can_be_planned(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["study", str(path), "--dry-run", "--results", str(tmp_path)])
    assert not left.value.code, capsys.readouterr().err
    out = capsys.readouterr().out
    everything = ALL in {choice.name for choice in read_study(path).detectors}  # some cannot learn from every data set
    assert everything or "skipped" not in out
    assert "not_installed" not in out


def test_a_shipped_study_is_found_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, code, text in (
        ("density-ratio", 0, "density_ratio.py prints its tables"),
        ("density_ratoi", 2, "Did you mean the shipped study density-ratio?"),
        ("nothing-like-it.yaml", 2, "Those shipped: "),
    ):
        with pytest.raises(SystemExit) as left:
            main(["study", name, "--dry-run"])
        assert (left.value.code or 0) == code
        assert text in capsys.readouterr().err
    (tmp_path / "density-ratio").write_text("detectors: [met]\nnonsense: 1\n")  # a file of that name comes first
    with pytest.raises(SystemExit) as left:
        main(["study", "density-ratio", "--dry-run"])
    assert left.value.code == 2
    assert "unknown key 'nonsense'" in capsys.readouterr().err


@pytest.mark.usefixtures("toys")
def test_the_table_of_baselines_shows_every_channel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = str(tmp_path / "results")
    with pytest.raises(SystemExit) as left:
        main(["run", "--dataset", "toys", "-d", "toy_met", "--channel", "all", "--jobs", "1", "--results", results])
    assert not left.value.code
    capsys.readouterr()
    runpy.run_path(str(STUDIES[0].parent / "baselines_table.py"))["main"](tmp_path / "results", "auc")
    head, _, row = capsys.readouterr().out.splitlines()
    assert head == "| detector | class | channel a | channel b | time (s) |"
    assert re.fullmatch(r"\| `toy_met` \| unsupervised( \| [01]\.\d{3} \[[\d.]+, [\d.]+\]){2} \| \d+\.\d \|", row), row


@pytest.mark.usefixtures("toys")
def test_the_table_of_contamination_pairs_seeds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = str(tmp_path / "results")
    chosen = ["-d", "toy_met", "-d", "k_nearest_neighbours", "--contamination", "0,0.2", "--seeds", "0:2"]
    with pytest.raises(SystemExit) as left:
        main(["run", "--dataset", "toys", *chosen, "--channel", "all", "--results", results])
    assert not left.value.code
    capsys.readouterr()
    runpy.run_path(str(STUDIES[0].parent / "contamination.py"))["main"](tmp_path / "results", "auc")
    head, _, *rows = capsys.readouterr().out.splitlines()
    assert head == "| detector | 0 | 20.0% | worst channel |"
    changes = {row.split("`")[1]: re.findall(r"[+-][01]\.\d{3}(?: ± [01]\.\d{3})?", row) for row in rows}
    assert changes["toy_met"] == ["+0.000 ± 0.000", "+0.000"]  # it learns nothing
    assert float(changes["k_nearest_neighbours"][0].split()[0]) < 0  # it learns the signal as if it were background


def test_the_study_of_coverage_holds_the_truth_about_as_often_as_it_should() -> None:
    study = runpy.run_path(str(STUDIES[0].parent / "coverage.py"))
    truth = study["efficiency"](2.0, 0.01)
    assert truth == pytest.approx(norm.sf(norm.isf(0.01) - 2.0))
    _, (_, metric, same), *_ = study["figures"](2.0, 1000)
    assert same == truth
    found = study["intervals"](metric, 2.0, 1000, 200, 40)
    held = sum(low <= truth <= high for low, high in found)
    assert 18 <= held <= 36  # 27 expected; three standard deviations
    covered, length = study["ranks"](study["MEAN"], 0.02, 8, 5)
    assert 0.7 < covered <= 1.0
    assert 1.0 <= length <= 8.0
