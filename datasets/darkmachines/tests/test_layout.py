from __future__ import annotations

import json
from pathlib import Path

import pytest
from adbench_darkmachines.layout import find_files

from adbench.api import DataError, UsageError


def made(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    return folder


def test_official_names(tmp_path: Path) -> None:
    layout = find_files(
        made(
            tmp_path,
            "background_chan1_7.79.csv",
            "stlp_st1000_chan1.csv",
            "monojet_Zp2000.0_DM_50.0_chan1.csv",
            "my_model_chan1.csv.xz",
            "background_chan2b_7.8.csv.gz",
            "unlabeled_combined_chan2b.csv",
            "README_chan1.txt",
            "notes.csv",
        )
    )
    assert list(layout.channels) == ["1", "2b"]
    one = layout.channels["1"]
    assert one.background == {"background": tmp_path / "background_chan1_7.79.csv"}
    assert list(one.signals) == ["monojet_Zp2000.0_DM_50.0", "stlp_st1000", "my_model"]
    assert one.unlabelled is None
    assert layout.channels["2b"].unlabelled == tmp_path / "unlabeled_combined_chan2b.csv"
    assert not layout.own_split
    assert not layout.event_id_is_source
    assert layout.notes == (
        "channel 1: 6 of 8 signals are not here: monotop_200_A, sqsq1_sq1400_neut800, sqsq_sq1800_neut800, "
        "glgl1400_neutralino1100, glgl1600_neutralino800, stop2b1000_neutralino300",
        "channel 1: signal 'my_model' is not on the card; taken as your own",
        "channel 2b: 9 of 9 signals are not here: pp23mt_50, pp24mt_50, stlp_st1000, gluino_1000.0_neutralino_1.0, "
        "chaneut_cha200_neut50, chaneut_cha250_neut150, chacha_cha300_neut140, chacha_cha400_neut60, "
        "chacha_cha600_neut200",
    )


def test_signals_beside_the_card_are_named_with_the_nearest_one(tmp_path: Path) -> None:
    names = ("monojt_Zp2000.0_DM_50.0", "stlp_st1000", "QQ", "monoV_Zp2000.0_DM_1.0")
    layout = find_files(made(tmp_path, "background_chan1.csv", *(f"{name}_chan1.csv" for name in names)))
    assert layout.notes[1:] == (
        "channel 1: signal 'QQ' is not on the card; taken as your own",
        "channel 1: signal 'monoV_Zp2000.0_DM_1.0' is on the card of channel 3 only; taken as your own",
        "channel 1: signal 'monojt_Zp2000.0_DM_50.0' is not on the card; taken as your own "
        "(nearest on the card: monojet_Zp2000.0_DM_50.0)",
    )


@pytest.mark.parametrize("prefix", ["chan2a/", "training_files/chan2a/", "training_files/", ""])
def test_sub_folders(tmp_path: Path, prefix: str) -> None:
    made(tmp_path, f"{prefix}background_chan2a_309.6.csv", f"{prefix}pp23mt_50_chan2a.csv")
    assert list(find_files(tmp_path).channels["2a"].signals) == ["pp23mt_50"]


def test_the_folder_of_one_channel(tmp_path: Path) -> None:
    assert "3" in find_files(made(tmp_path / "chan3", "background_chan3_8.02.csv")).channels


def test_channel_without_background(tmp_path: Path) -> None:
    made(tmp_path, "background_chan1.csv", "monojet_Zp2000.0_DM_50.0_chan3_first3000.csv")
    layout = find_files(tmp_path)
    assert list(layout.channels) == ["1"]
    assert layout.notes[0] == (
        f"channel 3: no background_chan3_*.csv in {tmp_path}, so its signals are left out: monojet_Zp2000.0_DM_50.0"
    )


def test_nothing_to_use(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no background in .*; looked for background_chan1_\*.csv"):
        find_files(made(tmp_path, "stlp_st1000_chan1.csv"))


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    made(tmp_path, "background_chan1.csv")
    with pytest.raises(UsageError, match=rf"background_chan1.csv' is a file; give the folder .*: --data {tmp_path}$"):
        find_files(tmp_path / "background_chan1.csv")


def test_no_such_folder(tmp_path: Path) -> None:
    made(tmp_path, "training_files/background_chan1.csv", "a_file_of_trainings.csv")
    expected = (
        rf"no data folder '{tmp_path}/trainingfiles'\. Did you mean {tmp_path}/training_files\? Expected one with"
    )
    with pytest.raises(UsageError, match=expected):
        find_files(tmp_path / "trainingfiles")
    with pytest.raises(UsageError, match=r"no data folder '.*/no/where'\. Expected one with background_chan1_"):
        find_files(tmp_path / "no" / "where")


@pytest.mark.parametrize(
    "names",
    [
        ("background_chan1_7.79.csv", "background_chan1_7.79.csv.gz"),
        ("background_chan1.csv", "chan1/background_chan1_7.79.csv"),
        ("background_chan1.csv", "stlp_st1000_chan1.csv", "stlp_st1000_chan1_reduced.csv"),
        ("background_chan1.csv", "unlabelled_a_chan1.csv", "unlabelled_b_chan1.csv"),
    ],
)
def test_two_files_for_one_thing(tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(DataError, match=r"are the same thing by their names; keep one of them"):
        find_files(made(tmp_path, *names))


def test_file_in_the_folder_of_another_channel(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"is a file of channel 3 by its name, in the folder of channel 1"):
        find_files(made(tmp_path, "chan1/background_chan1.csv", "chan1/stlp_st1000_chan3.csv"))


def manifest(folder: Path, **changes: object) -> Path:
    parts = {part: f"chan1/background_chan1_{part}.csv.gz" for part in ("train", "validation", "test")}
    listed = {
        "background": {part: {"file": file, "events": 1} for part, file in parts.items()},
        "signals": {
            "stlp_st1000": {"file": "chan1/stlp_st1000_chan1.csv.gz", "status": "true", "note": ""},
            "monotop_200_A": {"file": "chan1/monotop_200_A_chan1.csv.gz", "status": "analogue", "note": "a stop"},
        },
    }
    made(folder, *parts.values(), "chan1/stlp_st1000_chan1.csv.gz", "chan1/monotop_200_A_chan1.csv.gz")
    content = {"schema": 1, "event_id": "sources", "limits": ["no pile-up"], "channels": {"1": listed}} | changes
    (folder / "manifest.json").write_text(json.dumps(content))
    return folder


def test_a_manifest_of_ours_decides(tmp_path: Path) -> None:
    layout = find_files(manifest(tmp_path))
    assert layout.own_split
    assert layout.event_id_is_source
    assert list(layout.channels["1"].background) == ["train", "validation", "test"]
    assert list(layout.channels["1"].signals) == ["monotop_200_A", "stlp_st1000"]
    assert layout.notes[0].startswith("a stand-in from this plugin's own event generator")
    assert layout.notes[1] == "signal monotop_200_A is an analogue: a stop"
    assert layout.notes[2].startswith("channel 1: 6 of 8 signals are not here")
    assert layout.notes[3:] == ("no pile-up",)


def test_a_signal_of_the_manifest_may_be_missing_but_no_background(tmp_path: Path) -> None:
    manifest(tmp_path)
    (tmp_path / "chan1/stlp_st1000_chan1.csv.gz").unlink()
    assert list(find_files(tmp_path).channels["1"].signals) == ["monotop_200_A"]
    (tmp_path / "chan1/background_chan1_validation.csv.gz").unlink()
    with pytest.raises(DataError, match=r"background_chan1_validation.csv.gz is not there, but .* lists it"):
        find_files(tmp_path)


def test_broken_and_foreign_manifests(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"has schema 2; expected 1"):
        find_files(manifest(tmp_path, schema=2))
    with pytest.raises(DataError, match=r"is not complete: KeyError\('background'\)"):
        find_files(manifest(tmp_path, channels={"1": {}}))
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(DataError, match=r"cannot read .*manifest.json"):
        find_files(tmp_path)
    (tmp_path / "manifest.json").write_text('{"name": "of another program"}')
    made(tmp_path, "background_chan2b.csv")
    with pytest.raises(DataError, match=r"are the same thing by their names"):
        find_files(tmp_path)  # three background files of channel 1, and nothing says what they are
