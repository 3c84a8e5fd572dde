from __future__ import annotations

from pathlib import Path

import pytest

from adbench.api import DatasetOptions, DetectorSpec, UsageError
from adbench.registry import catalogue
from adbench.runs.limits import Limits
from adbench.runs.plan import make_plan, open_dataset
from adbench.runs.store import ResultsFolder
from adbench.runs.study import DetectorChoice, Study, entry_name, expand_grid, parse_seeds
from adbench.runs.studyfile import read_study
from adbench.runs.studywriting import write_study

TOY = DetectorSpec(name="toy_met", target="adbench.testing.toys:Met", scores=("met", "noisy"))


@pytest.mark.parametrize(
    ("text", "seeds"),
    [("0", (0,)), ("7", (7,)), ("0,2,5", (0, 2, 5)), ("0:3", (0, 1, 2)), (":2", (0, 1)), ("4:6", (4, 5))],
)
def test_seeds_are_lists_or_ranges(text: str, seeds: tuple[int, ...]) -> None:
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize("text", ["", "x", "3:3", "1,1", "-1", "0:", "1.5"])
def test_other_seeds_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="write 3, 0,2,5 or 0:5"):
        parse_seeds(text)


def test_entry_names_show_the_preset_and_every_changed_parameter() -> None:
    assert entry_name(DetectorChoice("met")) == "met"
    assert entry_name(DetectorChoice("met", "paper")) == "met[paper]"
    choice = DetectorChoice("met", "default", {"power": 0.5, "layers": (4, 2), "epochs": 3})
    assert entry_name(choice) == "met[epochs=3,layers=4x2,power=0.5]"
    assert entry_name(DetectorChoice("met", "paper"), "bf16-mixed") == "met[paper,bf16-mixed]"


def test_lists_span_a_grid_unless_the_parameter_itself_is_a_list() -> None:
    wanted = DetectorChoice("toy_met", overrides={"power": [0.5, 2.0], "layers": [8, 4], "epochs": [1, 2]})
    points = [dict(choice.overrides) for choice in expand_grid(wanted, TOY)]
    assert points == [
        {"power": 0.5, "layers": [8, 4], "epochs": 1},
        {"power": 0.5, "layers": [8, 4], "epochs": 2},
        {"power": 2.0, "layers": [8, 4], "epochs": 1},
        {"power": 2.0, "layers": [8, 4], "epochs": 2},
    ]


def study_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "scan.yaml"
    path.write_text(text)
    return path


def test_a_study_file_is_read_in_full(tmp_path: Path) -> None:
    text = """\
dataset: {name: toys, edition: other, split: k-folds, folds: 3, data: files, raw: true}
channels: [1, 2a]
detectors:
  - isolation_forest
  - gcn_vae: {preset: paper, beta: [0.1, 1.0]}
seeds: 0:3
limits: {max_events: 100}
figures: [boxes]
"""
    study = read_study(study_file(tmp_path, text))
    assert study == Study(
        detectors=(DetectorChoice("isolation_forest"), DetectorChoice("gcn_vae", "paper", {"beta": [0.1, 1.0]})),
        dataset="toys",
        options=DatasetOptions(edition="other", split="k-folds", folds=3, data=Path("files"), raw=True),
        channels=("1", "2a"),
        seeds=(0, 1, 2),
        max_events=100,
        figures=("boxes",),
        name="scan",
    )


def test_a_written_study_reads_back_the_same(tmp_path: Path) -> None:
    study = Study(
        detectors=(DetectorChoice("met"), DetectorChoice("gcn_vae", "paper", {"beta": 0.5, "layers": [3, 2]})),
        dataset="toys",
        options=DatasetOptions(edition="tiny", data=Path("/somewhere"), skip_bad_lines=True),
        channels=("2b",),
        seeds=(4, 1),
        max_events=10,
        limits=Limits(90.0, 2**30),
        precision="bf16-mixed",
        name="again",
    )
    write_study(study, tmp_path / "out" / "again.yaml")
    assert read_study(tmp_path / "out" / "again.yaml") == study


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("detectors: [met]\nchanels: [1]\n", "scan.yaml:2: unknown key 'chanels'. Did you mean channels?"),
        ("detectors: [met]\ndataset: {nmae: toys}\n", "scan.yaml:2: unknown key 'nmae'. Did you mean name?"),
        (
            "detectors: [met]\nlimits: {max_event: 3}\n",
            "scan.yaml:2: unknown key 'max_event'. Did you mean max_events?",
        ),
        ("detectors: [met]\nlimits: 3\n", "scan.yaml:2: 'limits' is a mapping"),
        ("channels: [1]\n", "scan.yaml:1: no detectors"),
        ("- met\n", "scan.yaml:1: a study is a mapping"),
        ("name: none\ndetectors: []\n", "scan.yaml:2: no detectors"),
        ("detectors: [met]\nchannels: []\n", "scan.yaml:2: 'channels' is empty, so nothing would run; write 'chan"),
        ("detectors: [met]\nchannels:\n", "scan.yaml:2: 'channels' is empty"),
        ("detectors: [met]\nseeds: []\n", "scan.yaml:2: 'seeds' is empty, so nothing would run; write 'seeds: 0:3'"),
        ("detectors: [met]\ncontamination: []\n", "scan.yaml:2: 'contamination' is empty"),
        ("detectors: [met]\nseeds: many\n", "scan.yaml:2: seeds 'many' are no list"),
        ("detectors:\n  - {met: {}, ht: {}}\n", "scan.yaml:2: a detector is a name"),
        ("detectors: [met]\ndetectors: [ht]\n", "scan.yaml:2: 'detectors' stands here twice"),
        ("detectors: [met\n", "scan.yaml:2: "),
        ("detectors: [met]\nprecision: bf16\n", "scan.yaml:2: no precision 'bf16'. Did you mean bf16-mixed?"),
    ],
)
def test_mistakes_are_answered_with_the_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_study(study_file(tmp_path, text))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_numbers_are_what_they_look_like(tmp_path: Path) -> None:
    text = "detectors:\n  - toy_met: {power: 1e-3, epochs: 010}\nseeds: 1:4\nlimits: {timeout: 1h, memory: 2G}\n"
    study = read_study(study_file(tmp_path, text))
    assert study.seeds == (1, 2, 3)
    assert study.detectors[0].overrides == {"power": 1e-3, "epochs": "010"}
    assert study.limits == Limits(3600.0, 2 * 2**30)


@pytest.mark.parametrize("limit", ["{timeout: soon}", "{memory: lots}"])
def test_limits_that_cannot_be_read_are_answered_with_the_line(tmp_path: Path, limit: str) -> None:
    with pytest.raises(UsageError, match=r"scan\.yaml:2: '(soon|lots)' is no"):
        read_study(study_file(tmp_path, f"detectors: [met]\nlimits: {limit}\n"))


def test_a_missing_study_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.yaml cannot be read"):
        read_study(tmp_path / "nowhere.yaml")


@pytest.mark.usefixtures("toys")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dataset: toys\ndetectors:\n  - toy_met\n  - toy_mett\n", "scan.yaml:4: no detector 'toy_mett'."),
        ("dataset: toys\ndetectors:\n  - toy_met: {powr: 1}\n", "scan.yaml:3: no parameter of toy_met 'powr'."),
        ("dataset: toys\ndetectors:\n\n  - toy_met: {power: big}\n", "scan.yaml:4: parameter power='big' of toy_met"),
        (
            "dataset: toys\ndetectors:\n  - toy_met: {power: []}\n",
            "scan.yaml:3: parameter power of toy_met has no values",
        ),
        ("dataset: toys\ndetectors: [toy_met]\nchannels: [c]\n", "scan.yaml:3: no channel of toys 'c'."),
        ("detectors: [toy_met]\ndataset: toyz\n", "scan.yaml:2: no data set 'toyz'."),
    ],
)
def test_wrong_values_are_answered_with_their_line(tmp_path: Path, text: str, message: str) -> None:
    study = read_study(study_file(tmp_path, text))
    with pytest.raises(UsageError) as caught:
        make_plan(study, catalogue(), open_dataset(study, catalogue()), ResultsFolder(tmp_path))
    assert message in str(caught.value)


def test_a_misspelt_study_file_is_answered_with_its_neighbour(tmp_path: Path) -> None:
    study_file(tmp_path, "")
    with pytest.raises(UsageError, match=r"Did you mean .*scan\.yaml\?"):
        read_study(tmp_path / "scna.yaml")


def test_a_name_without_a_file_is_answered_with_the_study_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "studies").mkdir()
    study_file(tmp_path / "studies", "").rename(tmp_path / "studies" / "beta_scan.yaml")
    for asked in ("beta-scan", "beta_scan", "beta_scna.yaml"):
        with pytest.raises(UsageError, match=r"Did you mean .*studies/beta_scan\.yaml\?"):
            read_study(tmp_path / asked)
