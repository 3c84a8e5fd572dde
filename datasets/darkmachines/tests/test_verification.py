from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from adbench_darkmachines.opening import SAMPLE
from adbench_darkmachines.verification import verify_folder


@pytest.fixture
def folder(tmp_path: Path, line: Callable[..., str]) -> Path:
    """A tiny edition with a manifest: three parts of background and a signal of channel 1."""
    manifest: dict[str, object] = {"schema": 1, "event_id": "numbers generated events", "channels": {}}
    background, signals = {}, {}
    for first, part in enumerate(("train", "validation", "test")):
        background[part] = write(tmp_path, f"background_chan1_{part}", [line(event=10 * first + k) for k in range(4)])
    signals["stlp_st1000"] = write(
        tmp_path, "stlp_st1000_chan1", [line(event=k, process="stlp_st1000") for k in range(3)]
    )
    manifest["channels"] = {"1": {"background": background, "signals": signals, "processes": []}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path


def write(folder: Path, stem: str, lines: list[str]) -> dict[str, object]:
    text = "".join(f"{one}\n" for one in lines).encode()
    (folder / f"{stem}.csv").write_bytes(text)
    digest = hashlib.sha256(text).hexdigest()
    return {"file": f"{stem}.csv", "events": len(lines), "sources": len(lines), "sha256": digest}


def relist(folder: Path, part: str, lines: list[str]) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["channels"]["1"]["background"][part] = write(folder, f"background_chan1_{part}", lines)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def faults(folder: Path) -> list[str]:
    return [check.fault for check in verify_folder(folder) if check.fault]


def test_what_is_right_is_right(folder: Path) -> None:
    checks = list(verify_folder(folder))
    assert [(check.events, check.checked, check.fault) for check in checks] == [
        *[(4, "SHA-256, count, format, cuts", "")] * 3,
        (3, "SHA-256, count, format, cuts", ""),
    ]


def test_a_changed_byte_is_found(folder: Path) -> None:
    path = folder / "background_chan1_test.csv"
    path.write_bytes(path.read_bytes().replace(b"njets", b"ttbar", 1))
    (fault,) = faults(folder)
    assert fault == f"{path}: its SHA-256 is not that of the manifest; make or fetch it again"


def test_an_event_that_fails_its_cuts_is_found(folder: Path, line: Callable[..., str]) -> None:
    relist(folder, "test", [line(event=50), line(event=51, met=150.0)])
    assert faults(folder) == [
        f"{folder / 'background_chan1_test.csv'}: 1 of 2 events fail the selection of channel 1; "
        "adbench run cuts them away"
    ]


def test_a_wrong_count_is_found(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["channels"]["1"]["signals"]["stlp_st1000"]["events"] = 5
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert faults(folder) == [f"{folder / 'stlp_st1000_chan1.csv'}: 3 events; the manifest lists 5"]


def test_a_copy_on_the_other_side_of_the_split_is_found(folder: Path, line: Callable[..., str]) -> None:
    relist(folder, "test", [line(event=50), line(event=2)])
    (fault,) = faults(folder)
    assert fault == f"{folder / 'background_chan1_test.csv'}: generated event 2 is also in the train part"


def test_a_broken_line_is_named(folder: Path, line: Callable[..., str]) -> None:
    relist(folder, "validation", [line(event=50), "51;njets;1", line(event=52), "rubbish"])
    (fault,) = faults(folder)
    assert "background_chan1_validation.csv:2: MET" in fault
    assert "2 of 4" in fault
    assert fault.endswith("adbench run stops at them, and leaves them out with --skip-bad-lines")


def test_the_bundled_sample_is_right() -> None:
    checks = list(verify_folder(SAMPLE))
    assert len(checks) == 4 * 3 + 34
    assert not [check.fault for check in checks if check.fault]


def test_files_of_the_full_generation_serve_all_channels_and_are_held_to_none(
    tmp_path: Path, line: Callable[..., str]
) -> None:
    soft = [line(event=k, met=10.0, objects=[("j", 30.0, 0.0)]) for k in range(3)]
    write(tmp_path, "njets_10fb", soft)
    write(tmp_path, "ttbar_10fb", soft)
    checks = {check.file: check for check in verify_folder(tmp_path)}
    assert {name: (check.checked, check.fault) for name, check in checks.items() if "10fb" in name} == {
        "njets_10fb.csv": ("format", ""),
        "ttbar_10fb.csv": ("format", ""),
    }
    (tmp_path / "ttbar_10fb.csv").write_text("nonsense\n")
    assert "ttbar_10fb.csv: none of 1 lines is an event" in next(fault for fault in faults(tmp_path) if fault)


def test_unlabelled_files_are_looked_at_too(tmp_path: Path, line: Callable[..., str]) -> None:
    write(tmp_path, "background_chan1_7.79", [line(event=k) for k in range(10)])
    write(tmp_path, "unlabelled_box_chan1", [line(event=k, process="x") for k in range(3)])
    assert not faults(tmp_path)
    (tmp_path / "unlabelled_box_chan1.csv").write_text("nonsense\n")
    (fault,) = faults(tmp_path)
    assert "unlabelled_box_chan1.csv: none of 1 lines is an event" in fault
