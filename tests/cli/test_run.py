from __future__ import annotations

from pathlib import Path

import pytest

from adbench.cli import main
from adbench.runs.store import ResultsFolder

pytestmark = pytest.mark.usefixtures("toys")


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


def run(results: Path, *arguments: str) -> int:
    return call("run", "--dataset", "toys", "--results", str(results), *arguments)


def test_the_same_command_twice_has_nothing_to_do(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "-d", "toy_met", "-d", "toy_density", "--channel", "all") == 0
    assert "4 ok, in " in capfd.readouterr().err
    assert run(tmp_path, "-d", "toy_density", "-d", "toy_met", "-c", "b", "-c", "a") == 0
    assert "4 stored before" in capfd.readouterr().err


def test_a_dry_run_shows_what_would_happen_and_runs_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    assert run(tmp_path, "-d", "toy_met", "-c", "a") == 0
    capfd.readouterr()
    assert run(tmp_path, "-d", "toy_met", "-d", "toy_picky", "-d", "toy_needy", "--dry-run") == 0
    lines = capfd.readouterr().out.splitlines()
    needs = "needs no-such-distribution>=3: pip install 'no-such-distribution>=3'"
    found = {tuple(cell.strip() for cell in line.split("│")[1:6]) for line in lines if "toy_" in line}
    assert found == {
        ("toy_met", "a", "0", "cached", ""),
        ("toy_met", "b", "0", "run", ""),
        ("toy_picky", "a", "0", "run", ""),
        ("toy_picky", "b", "0", "skipped", "made for channel a"),
        ("toy_needy", "a", "0", "not installed", needs),
        ("toy_needy", "b", "0", "not installed", needs),
    }
    assert len(list(ResultsFolder(tmp_path))) == 1


def test_failed_runs_end_with_exit_code_1_and_their_reason(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "-d", "toy_troubled", "-c", "a") == 1
    message = capfd.readouterr().err
    assert "toy_troubled, channel a, seed 0: ValueError: the loss is not finite in epoch 3 (log: " in message
    assert run(tmp_path, "-d", "toy_troubled", "-c", "a") == 1
    assert "1 failed earlier; try them again with --rerun failed" in capfd.readouterr().err
    assert run(tmp_path, "-d", "toy_troubled", "-c", "a", "--rerun", "failed") == 1
    assert "1 failed, in" in capfd.readouterr().err


def test_parameters_are_changed_for_all_detectors_or_for_one(tmp_path: Path) -> None:
    assert (
        run(tmp_path, "-d", "toy_met", "-d", "toy_picky", "-c", "a", "--set", "power=2", "--set", "toy_met.epochs=1")
        == 0
    )
    assert {run.record.entry for run in ResultsFolder(tmp_path)} == {"toy_met[epochs=1,power=2]", "toy_picky[power=2]"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-d", "toy_mett"), "no detector 'toy_mett'. Did you mean toy_met"),
        (("-d", "toy_met", "-c", "c"), "no channel of toys 'c'."),
        (("-d", "toy_met", "--dataset", "toy"), "no data set 'toy'. Did you mean toys? All: adbench list datasets"),
        (("-d", "toy_met", "--preset", "log"), "no preset of toy_met 'log'. Did you mean long?"),
        (("-d", "toy_met", "--set", "powr=1"), "no parameter of toy_met 'powr'. Did you mean power"),
        (("-d", "toy_met", "--set", "power=big"), "parameter power='big' of toy_met is no float"),
        (("-d", "toy_met", "--set", "power"), "--set power is no change of a parameter"),
        (("-d", "toy_met", "--set", "met.power=1"), "no detector of this command 'met'. Did you mean toy_met?"),
        (("-d", "toy_met", "--seeds", "some"), "seeds 'some' are no list of distinct numbers"),
        (("-d", "toy_met", "--executor", "loca"), "no executor 'loca'. Did you mean local?"),
    ],
)
def test_a_wrong_request_is_one_line_and_exit_code_2(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    assert run(tmp_path, *arguments) == 2
    said = capfd.readouterr().err.strip().splitlines()[-1]
    assert said.startswith(f"error: {message}")
    assert not list(ResultsFolder(tmp_path))


def test_an_unknown_command_is_answered_with_the_nearest(capfd: pytest.CaptureFixture[str]) -> None:
    assert call("leaderbord") == 2
    assert "error: no command 'leaderbord'. Did you mean leaderboard? All: adbench --help" in capfd.readouterr().err


def test_a_study_file_runs(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    study = tmp_path / "scan.yaml"
    study.write_text("dataset: toys\nchannels: [b]\ndetectors:\n  - toy_met: {power: [0.5, 2.0]}\nseeds: 0:2\n")
    assert call("study", str(study), "--results", str(tmp_path / "results")) == 0
    assert "2 detectors x 1 channel x 2 seeds: 4 to run" in capfd.readouterr().err
    assert (tmp_path / "results" / "studies" / "scan.yaml").exists()


def test_an_unknown_figure_ends_a_study_before_anything_is_trained(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    study = tmp_path / "scan.yaml"
    study.write_text("dataset: toys\ndetectors: [toy_met]\nfigures: [boxs]\n")
    assert call("study", str(study), "--results", str(tmp_path / "results")) == 2
    assert "no figure 'boxs'. Did you mean boxes?" in capfd.readouterr().err
    assert not list(ResultsFolder(tmp_path / "results"))


def test_help_and_version_answer(capfd: pytest.CaptureFixture[str]) -> None:
    assert call("--version") == 0
    assert capfd.readouterr().out == "adbench 0.1.0\n"
    assert call("--help") == 0
    assert "adbench run --detector gcn_vae_householder --channel all\n" in capfd.readouterr().out
    assert call("run", "--help") == 0
    assert "--rerun" in capfd.readouterr().out
