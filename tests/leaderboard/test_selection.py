from __future__ import annotations

import dataclasses
import random
import shutil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adbench.api import DatasetOptions, MissingError, UnknownNameError
from adbench.leaderboard.board import build_board
from adbench.leaderboard.left_out import natural
from adbench.leaderboard.selection import select_runs
from adbench.testing.toys import ToyDataset


def described(selection: Any) -> set[tuple[str, str, int]]:
    return {(run.record.entry, run.record.identity.channel, run.record.identity.seed) for run in selection.runs}


def test_an_empty_folder_says_which_command_fills_it(pretend: Any) -> None:
    with pytest.raises(MissingError, match=r"no results in .*results\. Run something first: adbench run --detector"):
        select_runs(pretend.store)


def test_the_newest_combination_is_shown_and_the_others_are_named(pretend: Any) -> None:
    pretend.run(started="2024-01-01", edition="hackathon")
    pretend.run(started="2024-01-02", split="k-folds (5)")
    pretend.run(started="2024-01-05", max_events=100)
    pretend.run(started="2024-01-04")
    pretend.run(started="2024-01-03", dataset="jets")
    selection = select_runs(pretend.store)
    assert (selection.dataset, selection.edition, selection.split) == ("toys", "sample", "80-10-10")
    assert [run.record.identity.max_events for run in selection.runs] == [None]
    assert set(selection.left_out) == {
        "left out: 1 run on jets sample, split 80-10-10; see them with --dataset jets",
        "left out: 1 run on toys hackathon, split 80-10-10; see them with --edition hackathon",
        "left out: 1 run on toys sample, split k-folds (5); see them with --split 'k-folds (5)'",
        "left out: 1 run on toys sample, split 80-10-10, at most 100 events of each sample; "
        "see them with --max-events 100",
    }
    limited = select_runs(pretend.store, max_events=100)
    assert [run.record.identity.max_events for run in limited.runs] == [100]


def test_of_a_name_with_two_rules_one_is_shown_in_all_channels_and_seeds(pretend: Any) -> None:
    for rule, mark in (("average", "p:1"), ("product", "p:1")):
        for channel in ("1", "2a"):
            for seed in (0, 1):
                pretend.run("both", channel, seed, params={"rule": rule}, parents=(mark,))  # all started at once
    selection = select_runs(pretend.store)
    assert len(selection.runs) == 4
    assert len({run.record.identity.params["rule"] for run in selection.runs}) == 1
    assert selection.left_out == ("left out: 4 runs of both, with other default parameters",)


def test_a_run_with_the_name_of_another_detector_neither_takes_its_place_nor_ends_the_board(pretend: Any) -> None:
    for detector in ("met", "ht"):
        for seed in (0, 1):
            pretend.run(detector, seed=seed)
    pretend.run("ht", seed=2, entry="met", started="2025-01-01")
    pretend.run("forest", entry="met[x=1]", started="2025-01-01", params={"x": 1})
    pretend.run("forest", entry="met", started="2025-01-01")
    board = build_board(pretend.store)
    found = {entry.name: (entry.detector, entry.seeds) for entry in board.entries}
    assert found == {"met": ("met", (0, 1)), "ht": ("ht", (0, 1)), "met[x=1]": ("forest", (0,))}
    wrong = "see what is wrong with: adbench results verify"
    assert {note for note in board.notes if note.endswith(wrong)} == {
        f"left out: 1 run of met, but of detector ht, not met; {wrong}",
        f"left out: 1 run of met, but of detector forest, not met; {wrong}",
    }


def test_a_combination_of_newer_scores_replaces_the_older_one(pretend: Any) -> None:
    old = pretend.run("both", params={"rule": "average"}, parents=("p:1",), started="2024-01-01")
    new = pretend.run("both", params={"rule": "average"}, parents=("p:2",), started="2024-01-02")
    selection = select_runs(pretend.store)
    assert [run.record.key for run in selection.runs] == [new.record.key]
    assert old.record.key != new.record.key
    assert selection.left_out == ("left out: 1 run of older combinations of stored scores; the newest are shown",)


def test_what_is_asked_for_is_shown_even_when_it_is_older(pretend: Any) -> None:
    pretend.run(started="2024-01-01", edition="hackathon", split="own")
    pretend.run(started="2024-01-02", edition="hackathon")
    pretend.run(started="2024-01-04")
    assert select_runs(pretend.store, edition="hackathon").split == "80-10-10"
    assert select_runs(pretend.store, split="own").edition == "hackathon"
    assert select_runs(pretend.store, split="own", edition="hackathon").left_out == ()


def test_a_newer_failure_does_not_hide_the_scores_of_another_edition(pretend: Any) -> None:
    pretend.run(started="2024-01-01")
    pretend.run(started="2024-01-02", edition="hackathon", status="failed", reason="no memory")
    assert select_runs(pretend.store).edition == "sample"


def test_other_events_of_a_channel_are_never_mixed_in(pretend: Any) -> None:
    pretend.run("forest", started="2024-01-01", fingerprint="old")
    pretend.run("met", started="2024-01-02", fingerprint="new")
    pretend.run("met", "2a", started="2024-01-01", fingerprint="other")
    selection = select_runs(pretend.store)
    assert described(selection) == {("met", "1", 0), ("met", "2a", 0)}
    assert selection.left_out == (
        "left out: 1 run on other events of channel 1 (another folder, other options or changed files); "
        "show them with --data DIR",
    )


def test_an_opened_data_set_shows_the_runs_on_its_events(pretend: Any) -> None:
    """The older of two folders of one edition; a channel whose files changed since then has no runs."""
    own = {"edition": "tiny", "split": "own"}
    for detector, channel, fingerprint in (("met", "a", "toy-a-1"), ("vae", "a", "toy-a-2"), ("met", "b", "toy-b-2")):
        pretend.run(detector, channel, fingerprint=fingerprint, started="2024-01-01", **own)
    for day, revision in enumerate((2, 3), start=2):
        pretend.run("kde", "a", fingerprint=f"toy-a-{revision}", started=f"2024-01-0{day}", **own)
    pretend.run("met", "a", fingerprint="toy-a-1", edition="other", split="own")
    selection = select_runs(pretend.store, events=ToyDataset(DatasetOptions()))
    assert described(selection) == {("met", "a", 0)}
    assert selection.left_out == ()
    second = select_runs(pretend.store, events=ToyDataset(DatasetOptions(options={"revision": 2})))
    assert described(second) == {("vae", "a", 0), ("kde", "a", 0), ("met", "b", 0)}
    with pytest.raises(MissingError, match=r"no results on these events \(toys tiny, split own\)\. Run something"):
        select_runs(pretend.store, events=ToyDataset(DatasetOptions(options={"revision": 9})))


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 1}', "\xff"])
def test_a_damaged_record_is_left_out_and_named(pretend: Any, text: str) -> None:
    pretend.run("met")
    bad = pretend.run("forest").folder / "record.json"
    bad.write_bytes(text.encode("latin-1"))
    selection = select_runs(pretend.store)
    assert described(selection) == {("met", "1", 0)}
    (note,) = selection.left_out
    assert note.startswith(f"left out: {bad}: damaged record (")
    assert note.endswith("; remove its folder to run again")
    shutil.rmtree(pretend.store.folder(selection.runs[0].record.identity))
    with pytest.raises(MissingError, match=r"no results in .* that can be read \(.*record\.json: damaged record"):
        select_runs(pretend.store)


def test_only_the_highest_version_of_a_detector_stays(pretend: Any) -> None:
    pretend.run(version=1, started="2024-02-02")
    pretend.run(version=2)
    pretend.run("met", version=1)
    selection = select_runs(pretend.store)
    assert [(run.record.entry, run.record.identity.version) for run in selection.runs] == [("forest", 2), ("met", 1)]
    assert selection.left_out == ("left out: 1 run of forest, version 1; version 2 is shown",)


def test_a_changed_default_is_no_other_seed(pretend: Any) -> None:
    pretend.run(seed=0, params={"trees": 100}, started="2024-01-01")
    pretend.run(seed=1, params={"trees": 200}, started="2024-01-02")
    selection = select_runs(pretend.store)
    assert [dict(run.record.identity.params) for run in selection.runs] == [{"trees": 200}]
    assert selection.left_out == ("left out: 1 run of forest, with other default parameters",)


def test_runs_of_another_protocol_are_left_out(pretend: Any) -> None:
    run = pretend.run()
    other = dataclasses.replace(run, record=dataclasses.replace(run.record, key="0" * 16))
    selection = select_runs([run, other])
    assert selection.runs == (run,)
    assert selection.left_out == ("left out: 1 run measured by another protocol; run them again",)
    with pytest.raises(MissingError, match="measured by another version of adbench"):
        select_runs([other])


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"dataset": "toy"}, "no data set among the results 'toy'. Did you mean toys?"),
        ({"edition": "sampel"}, "no edition among the results 'sampel'. Did you mean sample?"),
        ({"split": "80-10"}, "no split among the results '80-10'. Did you mean 80-10-10?"),
        ({"channels": ["1", "2b"]}, "no channel among the results '2b'. Did you mean 2a? All: 1, 2a"),
        ({"max_events": 50}, "no limit on events among the results '50'. All: none"),
        ({"supervision": "supervised"}, "no class of supervision among the results 'supervised'."),
    ],
)
def test_unknown_names_are_answered_with_the_nearest(pretend: Any, asked: Any, message: str) -> None:
    pretend.run("met", "1")
    pretend.run("met", "2a")
    with pytest.raises(UnknownNameError) as raised:
        select_runs(pretend.store, **asked)
    assert str(raised.value).startswith(message)


def test_channels_and_supervision_filter(pretend: Any) -> None:
    for channel in ("10", "2a", "1"):
        pretend.run("met", channel)
        pretend.run("quak", channel, supervision="semi-supervised")
    assert select_runs(pretend.store).channels == ("1", "2a", "10")
    chosen = select_runs(pretend.store, channels=["2a", "1"], supervision="unsupervised")
    assert described(chosen) == {("met", "1", 0), ("met", "2a", 0)}


def test_the_order_of_the_runs_changes_nothing(pretend: Any) -> None:
    for seed in range(3):
        pretend.run(seed=seed, version=1 + seed // 2, started=f"2024-01-0{seed + 1}")
        pretend.run("met", "2a", seed=seed, fingerprint=f"f{seed}")
    runs = list(pretend.store)
    first = select_runs(runs)
    for _ in range(5):
        random.Random(3).shuffle(runs)
        again = select_runs(runs)
        assert described(again) == described(first)
        assert again.left_out == first.left_out


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=6)))
def test_natural_order_is_total(texts: list[str]) -> None:
    backwards = texts[::-1]
    assert sorted(backwards, key=natural) == sorted(texts, key=natural)


@given(st.integers(0, 99), st.integers(0, 99), st.sampled_from(["", "a", "chan"]))
def test_natural_order_counts(a: int, b: int, prefix: str) -> None:
    assert (natural(f"{prefix}{a}") < natural(f"{prefix}{b}")) == (a < b)


def test_contaminated_runs_stand_apart_and_halve_the_signals_of_all(pretend: Any) -> None:
    pretend.run("forest")
    pretend.run("forest", entry="forest[contamination=0.01]", contamination=0.01)
    board = build_board(pretend.store)
    assert [entry.name for entry in board.entries] == ["forest"]
    assert any("with signal in the training background" in note for note in board.notes)
    both = build_board(pretend.store, contaminated=True)
    assert [entry.name for entry in both.entries] == ["forest", "forest[contamination=0.01]"]
    assert both.halves
    assert not board.halves
    assert "every entry is measured on one half of each signal: forest[contamination=0.01] learnt" in str(both.notes)


def test_another_precision_is_another_entry(pretend: Any) -> None:
    pretend.run("forest")
    pretend.run("forest", entry="forest[bf16-mixed]", precision="bf16-mixed")
    assert [entry.name for entry in build_board(pretend.store).entries] == ["forest", "forest[bf16-mixed]"]
