from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from adbench.api import DatasetOptions, ParameterError, PluginError, UnknownNameError
from adbench.registry import catalogue
from adbench.runs.execute import store_without_scores
from adbench.runs.plan import PlannedRun, Rerun, make_plan, open_dataset
from adbench.runs.record import Status
from adbench.runs.requirements import missing_requirements
from adbench.runs.store import ResultsFolder
from adbench.runs.study import DetectorChoice, Study
from adbench.runs.task import task_for

pytestmark = pytest.mark.usefixtures("toys")


def plan(tmp_path: Path, *choices: DetectorChoice, rerun: Rerun = "missing", **changes: object) -> list[PlannedRun]:
    study = Study(detectors=choices, dataset="toys", **changes)  # type: ignore[arg-type]
    return make_plan(study, catalogue(), open_dataset(study, catalogue()), ResultsFolder(tmp_path), rerun)


def actions(runs: list[PlannedRun]) -> list[tuple[str, str, str]]:
    return [(run.entry, run.identity.channel, run.action) for run in runs]


def test_every_detector_meets_every_channel_and_seed(tmp_path: Path) -> None:
    runs = plan(tmp_path, DetectorChoice("toy_met"), DetectorChoice("toy_density"), seeds=(0, 3))
    assert len(runs) == len({run.identity.key for run in runs}) == 8
    assert {(run.entry, run.identity.channel, run.identity.seed) for run in runs} == {
        (name, channel, seed) for name in ("toy_met", "toy_density") for channel in "ab" for seed in (0, 3)
    }


def test_all_is_every_installed_detector_and_a_change_of_one_is_a_run_beside_it(tmp_path: Path) -> None:
    everything = plan(tmp_path, DetectorChoice("all"), channels=("a",))
    assert [run.entry for run in everything] == [spec.name for spec in catalogue().detectors]
    beside = plan(
        tmp_path, DetectorChoice("all"), DetectorChoice("toy_met"), DetectorChoice("toy_met", overrides={"power": 2})
    )
    assert {run.entry for run in beside} - {run.entry for run in everything} == {"toy_met[power=2]"}
    assert len(beside) == 2 * (len(everything) + 1)


def test_what_some_detectors_lack_cannot_be_asked_of_all(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="power"):
        plan(tmp_path, DetectorChoice("all", overrides={"power": 2}, place="scan.yaml:3"))


def test_obstacles_are_known_before_anything_runs(tmp_path: Path) -> None:
    runs = plan(tmp_path, DetectorChoice("toy_picky"), DetectorChoice("toy_needy"), channels=("b",))
    assert actions(runs) == [("toy_picky", "b", "skipped"), ("toy_needy", "b", "not installed")]
    assert runs[0].reason == "made for channel a"
    assert runs[1].reason == "needs no-such-distribution>=3: pip install 'no-such-distribution>=3'"


BROKEN = """\
from dataclasses import dataclass
from pathlib import Path
from adbench.api import DetectorSpec, hookimpl
from adbench.testing.toys import Met

class Placed(Met):
    @dataclass(frozen=True)
    class Params:
        place: Path = Path("x")

@hookimpl
def adbench_detectors():
    return [DetectorSpec(name="broken", target=TARGET, CHANGES)]
"""


@pytest.mark.parametrize(
    ("target", "changes", "reason"),
    [
        ("broken:Nothing", "", "'broken' cannot be loaded from broken:Nothing"),
        ("no_such_file:Met", "", "No module named 'no_such_file'"),
        ("broken:Met", "supports=lambda info, channel: True", "supports of 'broken' returned True; return None where"),
        ("broken:Met", "supports=lambda info, channel: info.nothing", "supports of 'broken' raised AttributeError"),
        ("broken:Placed", "", "parameters of 'broken' cannot be stored"),
        ("broken:Met", "params={'powr': 2}", "no parameter of broken 'powr'. Did you mean power?"),
    ],
)
def test_a_plugin_that_does_not_work_keeps_its_own_cell_empty_and_no_other(
    tmp_path: Path, install: Callable[..., None], target: str, changes: str, reason: str
) -> None:
    install("bad-plugin", "bad", "broken", BROKEN.replace("TARGET", repr(target)).replace("CHANGES", changes))
    runs = plan(tmp_path, DetectorChoice("broken"), DetectorChoice("toy_met"), channels=("a",))
    assert actions(runs) == [("broken", "a", "not installed"), ("toy_met", "a", "run")]
    assert runs[0].reason.startswith("plugin bad-plugin 1.0 does not work: ")
    assert reason in runs[0].reason
    with pytest.raises((PluginError, ParameterError), match=re.escape(reason)):
        plan(tmp_path, DetectorChoice("broken"), channels=("a",))


@pytest.mark.parametrize(
    ("status", "rerun", "action"),
    [
        ("failed", "missing", "failed earlier"),
        ("failed", "failed", "run"),
        ("failed", "all", "run"),
        ("killed", "missing", "failed earlier"),
        ("killed", "failed", "run"),
        ("out_of_memory", "failed", "run"),
        ("timeout", "failed", "run"),
        ("ok", "missing", "cached"),
        ("ok", "failed", "cached"),
        ("ok", "all", "run"),
        ("not_installed", "missing", "run"),
        ("skipped", "missing", "skipped"),
        ("skipped", "all", "run"),
    ],
)
def test_what_is_stored_decides_with_rerun(tmp_path: Path, status: Status, rerun: Rerun, action: str) -> None:
    (run,) = plan(tmp_path, DetectorChoice("toy_met"), channels=("a",))
    stored = store_without_scores(task_for(run, DatasetOptions(), tmp_path), status, "a reason")
    if status == "ok":
        (stored.folder / "scores.npz").write_bytes(b"")
    assert actions(plan(tmp_path, DetectorChoice("toy_met"), channels=("a",), rerun=rerun)) == [
        ("toy_met", "a", action)
    ]


def test_a_damaged_record_is_run_again(tmp_path: Path) -> None:
    (run,) = plan(tmp_path, DetectorChoice("toy_met"), channels=("a",))
    stored = store_without_scores(task_for(run, DatasetOptions(), tmp_path), "ok", "")
    (stored.folder / "record.json").write_text("{")
    (again,) = plan(tmp_path, DetectorChoice("toy_met"), channels=("a",))
    assert again.action == "run"


def test_a_record_without_its_scores_is_run_again(tmp_path: Path) -> None:
    (run,) = plan(tmp_path, DetectorChoice("toy_met"), channels=("a",))
    store_without_scores(task_for(run, DatasetOptions(), tmp_path), "ok", "")
    assert actions(plan(tmp_path, DetectorChoice("toy_met"), channels=("a",))) == [("toy_met", "a", "run")]


def test_changed_data_is_another_run(tmp_path: Path) -> None:
    keys = {
        plan(tmp_path, DetectorChoice("toy_met"), channels=("a",), options=DatasetOptions(options={"revision": n}))[
            0
        ].identity.key
        for n in (1, 2)
    }
    assert len(keys) == 2


def test_a_grid_gives_one_entry_per_point(tmp_path: Path) -> None:
    runs = plan(tmp_path, DetectorChoice("toy_met", overrides={"power": [0.5, 2]}), channels=("a",))
    assert [(run.entry, run.identity.params["power"]) for run in runs] == [
        ("toy_met[power=0.5]", 0.5),
        ("toy_met[power=2]", 2.0),
    ]


def test_presets_change_parameters(tmp_path: Path) -> None:
    (run,) = plan(tmp_path, DetectorChoice("toy_met", "long"), channels=("a",))
    assert run.identity.params["epochs"] == 5
    assert run.entry == "toy_met[long]"


@pytest.mark.parametrize(
    ("choice", "channels", "message"),
    [
        (DetectorChoice("toy_mett"), ("a",), "no detector 'toy_mett'. Did you mean toy_met"),
        (DetectorChoice("toy_met"), ("c",), "no channel of toys 'c'. All: a, b"),
        (DetectorChoice("toy_met", "lnog"), ("a",), "no preset of toy_met 'lnog'. Did you mean long?"),
        (
            DetectorChoice("toy_met", overrides={"powr": 1}),
            ("a",),
            "no parameter of toy_met 'powr'. Did you mean power?",
        ),
    ],
)
def test_unknown_names_are_answered_with_the_nearest(
    tmp_path: Path, choice: DetectorChoice, channels: tuple[str, ...], message: str
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        plan(tmp_path, choice, channels=channels)
    assert str(caught.value).startswith(message)


def test_a_value_of_the_wrong_type_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="parameter epochs='many' of toy_met is no int"):
        plan(tmp_path, DetectorChoice("toy_met", overrides={"epochs": "many"}), channels=("a",))


def test_requirements_are_checked_with_their_versions() -> None:
    assert missing_requirements(["numpy", "numpy>=1", "numpy<1", "no-such-thing"]) == ["numpy<1", "no-such-thing"]
