from __future__ import annotations

import re
from pathlib import Path

import pytest

from adbench.cli import main
from adbench.runs.store import ResultsFolder

pytestmark = pytest.mark.usefixtures("toys")


MOODY = """\
from pathlib import Path
from adbench.api import DetectorSpec, hookimpl
from adbench.testing.toys import Met

class Moody(Met):
    def fit(self, train, validation, priors):
        if Path({path!r}).exists():
            raise ValueError("a bad day")
        super().fit(train, validation, priors)

@hookimpl
def adbench_detectors():
    return [DetectorSpec(name="moody", target="moody:Moody", scores=("met", "noisy"))]
"""


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


def test_a_dry_run_shows_what_would_happen_and_runs_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "-d", "toy_met", "-c", "a") == 0
    capfd.readouterr()
    assert run(tmp_path, "-d", "toy_met", "-d", "toy_picky", "-d", "toy_needy", "--dry-run") == 0
    out, err = capfd.readouterr()
    assert "of one process, by stored timings of runs like these; nothing is known of 1 detector that never ran" in err
    lines = [re.sub(r"<?[\d.]+ s ", "TIME ", line) for line in out.splitlines()]
    needs = "needs no-such-distribution>=3: pip install 'no-such-distribution>=3'"
    found = {tuple(re.split(r" {2,}", line.strip())[:-1]) for line in lines if line.startswith("toy_")}
    assert found == {
        ("toy_met", "a", "0", "cached"),
        ("toy_met", "b", "0", "run", "TIME"),
        ("toy_picky", "a", "0", "run"),
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
    again = capfd.readouterr().err
    assert "failed earlier toy_troubled: failed: ValueError: the loss is not finite in epoch 3 (1 run)" in again
    assert "the same command with --rerun failed" in again
    assert run(tmp_path, "-d", "toy_troubled", "-c", "a", "--rerun", "failed") == 1
    assert "1 failed, in" in capfd.readouterr().err


def test_a_failed_rerun_says_why_and_leaves_the_scores(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    install,  # type: ignore[no-untyped-def]
) -> None:
    install("moody-plugin", "moody", "moody", MOODY.format(path=str(tmp_path / "bad day")))
    assert run(tmp_path / "results", "-d", "moody", "-c", "a") == 0
    (before,) = ResultsFolder(tmp_path / "results")
    (tmp_path / "bad day").touch()
    assert run(tmp_path / "results", "-d", "moody", "-c", "a", "--rerun", "all") == 1
    said = capfd.readouterr().err
    assert "moody, channel a, seed 0: ValueError: a bad day (log: " in said
    assert f"{before.folder / 'log-of-failed-rerun.txt'})" in said
    assert "ValueError: a bad day" in (before.folder / "log-of-failed-rerun.txt").read_text()
    (after,) = ResultsFolder(tmp_path / "results")
    assert after.record == before.record
    with after.scores() as scores:
        assert len(scores.sample("background", "met")) == 400


def test_parameters_are_changed_for_all_detectors_or_for_one(tmp_path: Path) -> None:
    assert (
        run(tmp_path, "-d", "toy_met", "-d", "toy_picky", "-c", "a", "--set", "power=2", "--set", "toy_met.epochs=1")
        == 0
    )
    assert {run.record.entry for run in ResultsFolder(tmp_path)} == {"toy_met[epochs=1,power=2]", "toy_picky[power=2]"}


def test_of_all_detectors_one_can_be_changed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "-d", "all", "-c", "a", "--set", "toy_met.power=2", "--dry-run") == 0
    names = [line.split()[0] for line in capfd.readouterr().out.splitlines() if line.startswith("toy_")]
    assert "toy_met[power=2]" in names
    assert "toy_met" not in names
    assert "toy_picky" in names


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-d", "toy_mett"), "no detector 'toy_mett'. Did you mean toy_met"),
        (("-d", "toy_met", "-c", "c"), "no channel of toys 'c'."),
        (("-d", "toy_met", "--dataset", "toy"), "no data set 'toy'. Did you mean toys? All: adbench list datasets"),
        (("-d", "toy_met", "--skip-bad-lines"), "data set toys reads no --skip-bad-lines: leave it out"),
        (("-d", "toy_met", "--edition", "tyni"), "no edition of toys 'tyni'. Did you mean tiny?"),
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


def test_a_missing_package_is_named_with_its_fix_and_exit_code_3(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "-d", "toy_needy,toy_met", "-c", "a,b") == 3
    said = capfd.readouterr().err
    line = "not installed toy_needy: needs no-such-distribution>=3: pip install 'no-such-distribution>=3' (2 runs)"
    assert line in said
    assert "2 ok, 2 skipped" in said
    assert f"adbench leaderboard --results {tmp_path}" in said


def test_parameters_stand_in_the_plan_as_they_are(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "-d", "toy_met", "-c", "a", "--set", "power=2", "--preset", "long", "--dry-run") == 0
    assert "toy_met[long,power=2]" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("device", "code", "message"),
    [
        ("gpu", 2, "error: 'gpu' is no device; write auto, cpu, mps or cuda:0"),
        ("cuda:99", 3, "error: no device 'cuda:99' here ("),
    ],
)
def test_a_device_that_is_not_there_ends_the_command_before_anything_is_stored(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], device: str, code: int, message: str
) -> None:
    assert run(tmp_path, "-d", "toy_met", "--device", device) == code
    assert capfd.readouterr().err.startswith(message)
    assert not list(ResultsFolder(tmp_path))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "--rerun", "fail"), "error: invalid value for '--rerun': 'fail' is not one of"),
        (("run", "--chanel", "1"), "error: no such option '--chanel'. (Did you mean one of: '--channel'"),
        (("run", "met"), "error: got unexpected extra argument (met). All: adbench run --help"),
    ],
)
def test_a_wrong_option_is_one_line_too(
    capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    assert call(*arguments) == 2
    (said,) = capfd.readouterr().err.strip().splitlines()
    assert said.startswith(message)
    assert said.endswith("All: adbench run --help")


def test_debug_shows_the_traceback_wherever_it_stands(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "-d", "toy_mett", "--debug") == 2
    said = capfd.readouterr().err
    assert said.startswith("Traceback")
    assert said.strip().splitlines()[-1].startswith("error: no detector 'toy_mett'")


def test_a_plugin_that_is_broken_is_named_when_its_detector_is_asked_for(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    install,  # type: ignore[no-untyped-def]
) -> None:
    install("my-plugin", "mine", "mine", "import no_such_module")
    assert run(tmp_path, "-d", "my_detector") == 2
    assert "warning: plugin 'mine' of my-plugin 1.0: importing mine raised" in capfd.readouterr().err


def test_a_channel_without_signals_is_said_beforehand(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adbench.testing.toys._SIGNALS", {"a": ("shift",), "b": ()})
    assert run(tmp_path, "-d", "toy_met", "--dry-run") == 0
    assert "warning: channel b has no signals" in capfd.readouterr().err


def test_an_unknown_command_is_answered_with_the_nearest(capfd: pytest.CaptureFixture[str]) -> None:
    assert call("leaderbord") == 2
    assert "error: no command 'leaderbord'. Did you mean leaderboard? All: adbench --help" in capfd.readouterr().err


@pytest.mark.parametrize("group", [(), ("results",)])
def test_a_group_without_a_verb_shows_its_help(group: tuple[str, ...], capfd: pytest.CaptureFixture[str]) -> None:
    assert call(*group) == 2
    said = capfd.readouterr().err
    assert said.startswith("Usage: adbench")
    assert "\nCommands:\n  " in said


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
