from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from adbench_darkmachines.generator import chunks
from adbench_darkmachines.generator.assembly import write_channel
from adbench_darkmachines.generator.processes import LEPTONIC_W, Process, Slice, pt_hat
from adbench_darkmachines.generator.production import Plan, produce
from adbench_darkmachines.selection import CHANNELS, passes_channel

TINY_TTBAR = Process(
    ("ttbar",),
    ("Top:gg2ttbar=on", "Top:qqbar2ttbar=on", *LEPTONIC_W),
    (
        Slice("low", pt_hat(150, 250), ("2b",), copies=2),
        Slice("high", pt_hat(250), ("2b",), copies=3, draws=2, keep=2),
    ),
)
SPLITS = {"train": 30, "validation": 6, "test": 14}


def tiny_plan(work: Path, seed: int = 11) -> Plan:
    return Plan(
        seed=seed,
        events=sum(SPLITS.values()),
        signal_events=15,
        signals={"2b": ("stlp_st1000",)},
        work=work,
        backgrounds=(TINY_TTBAR,),
        chunk_events=(60, 30),
    )


def make(work: Path, out: Path, jobs: int = 1, seed: int = 11) -> dict[str, Any]:
    plan = tiny_plan(work, seed)
    return write_channel("2b", plan, produce(plan, jobs), SPLITS, out)


@pytest.fixture(scope="module")
def made(generator_extra: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("generator")
    return folder, make(folder / "work", folder / "out")


def test_events_do_not_depend_on_the_number_of_jobs(made: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    assert make(tmp_path / "work", tmp_path / "out", jobs=2) == made[1]


def test_another_seed_gives_other_events(made: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    other = make(tmp_path / "work", tmp_path / "out", seed=12)
    assert other["background"]["test"]["sha256"] != made[1]["background"]["test"]["sha256"]


def test_a_killed_run_continues(
    made: tuple[Path, dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, manifest = made
    finished = sorted((folder / "work").rglob("*.npz"))
    lost = finished[len(finished) // 2]
    # A kill while a chunk is written leaves this and nothing else.
    lost.rename(lost.with_suffix(".4711.partial"))
    generated = []
    original = chunks.generate
    monkeypatch.setattr(chunks, "generate", lambda task: generated.append(task.path) or original(task))
    assert make(folder / "work", tmp_path / "out") == manifest
    assert generated == [lost]
    assert sorted((folder / "work").rglob("*.npz")) == finished


def test_files_hold_what_the_manifest_says(made: tuple[Path, dict[str, Any]]) -> None:
    _, manifest = made
    assert {name: part["events"] for name, part in manifest["background"].items()} == SPLITS
    assert manifest["signals"]["stlp_st1000"]["events"] == 15
    (ttbar,) = manifest["processes"]
    assert ttbar["share_used"] == 1.0
    assert sum(part["events"] for part in ttbar["slices"].values()) == 50
    # Both slices stand for one luminosity, so they mix as their cross-sections after cuts.
    low, high = ttbar["slices"]["low"], ttbar["slices"]["high"]
    sigma = [part["cross_section_pb"] * part["accepted"] / part["attempts"] for part in (low, high)]
    assert low["events"] / high["events"] == pytest.approx(sigma[0] / sigma[1], rel=0.2)


def test_chunk_events_pass_their_cuts_and_copies_share_a_source(made: tuple[Path, dict[str, Any]]) -> None:
    plan = tiny_plan(made[0] / "work")
    chunk = chunks.load_chunk(plan.tasks(TINY_TTBAR, TINY_TTBAR.slices[1], 1)[0])
    assert chunk is not None
    assert (chunk.generated, chunk.attempts) == (60, 360)
    objects, kinds = chunk.records.padded()
    for column, channel in enumerate(CHANNELS):
        inside = passes_channel(channel, objects, kinds, chunk.records.met)
        assert inside[chunk.passes[:, column]].all()
        assert inside.sum() <= chunk.accepted[column]
        left_out = chunk.records.source[inside & ~chunk.passes[:, column]]  # kept for another channel only
        full, copies = np.unique(chunk.records.source[chunk.passes[:, column]], return_counts=True)
        assert set(left_out) <= set(full[copies == 2])
    column = list(CHANNELS).index("2b")
    _, copies = np.unique(chunk.records.source[chunk.passes[:, column]], return_counts=True)
    assert copies.max() == 2
    assert chunk.accepted[column] > 2 * len(copies) > copies.sum()  # more than two of six passes, in the mean
    assert chunk.records.source.max() < 60


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--channel", "2c"], "no channel of darkmachines '2c'"),
        (["--signals", "stlp_st100"], "Did you mean stlp_st1000"),
        (["--cap", "1:njet=0.1"], "--cap '1:njet=0.1' is not CHANNEL:PROCESS=SHARE, for example 1:njets=0.05"),
        (["--cap", "1:njets=2"], "is not CHANNEL:PROCESS=SHARE"),
    ],
)
def test_wrong_requests_say_what_is_right(
    generator_extra: None, arguments: list[str], message: str, tmp_path: Path
) -> None:
    from adbench_darkmachines.commands.generate import command

    from adbench.api import UsageError

    with pytest.raises(UsageError, match=re.escape(message)):
        command.main(["--out", str(tmp_path), *arguments], standalone_mode=False)
