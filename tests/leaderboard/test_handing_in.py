from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adbench.api import MissingError, UnknownNameError, UsageError
from adbench.api.metric import Scored
from adbench.cli import main
from adbench.leaderboard.handing_in import background_p_values, write_scores_to_hand_in
from adbench.runs.folds import merge_folds
from adbench.runs.scores import SampleScores, ScoreFile, write_scores
from adbench.runs.store import ResultsFolder, StoredRun

Captured = pytest.CaptureFixture[str]


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


@given(
    scores=st.lists(st.integers(-3, 3), min_size=1, max_size=20),
    background=st.lists(st.integers(-3, 3), min_size=1, max_size=20),
)
def test_one_more_than_the_background_above_of_one_more_than_all(scores: list[int], background: list[int]) -> None:
    found = background_p_values(Scored.of(scores), Scored.of(background))
    expected = [(1 + sum(b >= s for b in background)) / (1 + len(background)) for s in scores]
    np.testing.assert_allclose(found, expected)
    assert (found > 0.0).all()


def test_copies_of_an_event_are_no_evidence() -> None:
    one = background_p_values(Scored.of([5.0, 2.0]), Scored.of([1.0, 2.0, 3.0]))
    copied = background_p_values(
        Scored.of([5.0, 2.0]), Scored.of(np.repeat([1.0, 2.0, 3.0], 4), sources=np.repeat([7, 8, 9], 4))
    )
    np.testing.assert_allclose(copied, one)
    assert one.tolist() == [0.25, 0.75]


def test_weights_count_as_weights() -> None:
    background = Scored.of([1.0, 2.0], weights=[3.0, 1.0])  # effective number 16/10
    assert background_p_values(Scored.of([1.5]), background)[0] == pytest.approx((1 + 1.6 * 0.25) / 2.6)


def test_p_values_of_background_are_uniform() -> None:
    rng = np.random.default_rng(5)
    p = np.concatenate(
        [background_p_values(Scored.of(rng.normal(size=1)), Scored.of(rng.normal(size=19))) for _ in range(4000)]
    )
    for level in (0.05, 0.1, 0.5):
        assert np.mean(p <= level + 1e-9) == pytest.approx(level, abs=4.0 * (level * (1 - level) / 4000) ** 0.5)


def test_scores_of_folds_are_compared_within_their_fold() -> None:
    background = Scored.of([0.1, 0.9, 0.5, 0.6, 0.7], folds=[0, 0, 1, 1, 1])
    found = background_p_values(Scored.of([0.65, 0.65], folds=[0, 1]), background)
    np.testing.assert_allclose(found, [2 / 3, 2 / 4])


def test_event_ids_are_stored_and_survive_folds(tmp_path: Path) -> None:
    def part(rows: list[int]) -> dict[str, SampleScores]:
        n, ids = len(rows), np.array([7 * row for row in rows])
        sample = {"s": np.arange(float(n))}, np.ones(n, np.float32), np.array(rows), np.array(rows)
        return {"background": SampleScores(*sample), "unlabelled": SampleScores(*sample, event_ids=ids)}

    merged = merge_folds([part([3, 1]), part([2])])
    write_scores(tmp_path / "scores.npz", merged)
    with ScoreFile(tmp_path / "scores.npz") as file:
        ids = file.event_ids("unlabelled")
        assert ids is not None
        assert ids.tolist() == [21, 7, 14]
        assert file.rows("unlabelled").tolist() == [3, 1, 2]
        assert file.event_ids("background") is None


@pytest.fixture
def runs(toys: None, tmp_path: Path) -> list[StoredRun]:
    command = ("run", "--dataset", "toys", "-d", "toy_met", "--channel", "all")
    assert call(*command, "--results", str(tmp_path / "results")) == 0
    return list(ResultsFolder(tmp_path / "results"))


def test_a_file_to_hand_in(runs: list[StoredRun], tmp_path: Path, capsys: Captured) -> None:
    run = next(run for run in runs if run.record.identity.channel == "a")
    out, again = tmp_path / "sub" / "a.csv", tmp_path / "again.csv"
    where = ("--results", str(tmp_path / "results"))
    capsys.readouterr()
    assert call("results", "export-scores", run.record.key[:10], *where, "--out", str(out)) == 0
    assert capsys.readouterr().out == f"50 events written to {out}; p-values from 400 independent background events\n"
    rows = list(csv.DictReader(out.open()))
    assert list(rows[0]) == ["row", "event_id", "score", "p_value"]
    assert [row["event_id"] for row in rows] == [""] * 50
    with run.scores() as file:
        stored = file.sample("unlabelled", "met").scores
        background = file.sample("background", "met").scores
        noisy = file.sample("unlabelled", "noisy").scores
    assert [float(row["score"]) for row in rows] == stored.tolist()
    assert float(rows[3]["p_value"]) == pytest.approx((1 + (background >= stored[3]).sum()) / 401, rel=1e-5)
    write_scores_to_hand_in(run, again)
    assert again.read_bytes() == out.read_bytes()
    assert call("results", "export-scores", run.record.key, *where, "--out", str(again), "--score", "noisy") == 0
    assert [float(row["score"]) for row in csv.DictReader(again.open())] == noisy.tolist()


def test_folds_stand_in_a_column_of_their_own(toys: None, tmp_path: Path) -> None:
    results = tmp_path / "results"
    folded = ("--split", "k-folds", "--folds", "4", "--channel", "a", "--results", str(results))
    assert call("run", "--dataset", "toys", "-d", "toy_met", *folded) == 0
    (run,) = ResultsFolder(results)
    write_scores_to_hand_in(run, tmp_path / "a.csv")
    rows = list(csv.DictReader((tmp_path / "a.csv").open()))
    assert list(rows[0]) == ["row", "event_id", "score", "p_value", "fold"]
    assert [int(row["row"]) for row in rows] == sorted(int(row["row"]) for row in rows)
    assert {row["fold"] for row in rows} == {"0", "1", "2", "3"}


def test_what_cannot_be_handed_in_is_named(runs: list[StoredRun], tmp_path: Path, capsys: Captured) -> None:
    with_them = next(run for run in runs if run.record.identity.channel == "a")
    without = next(run for run in runs if run.record.identity.channel == "b")
    with pytest.raises(UsageError, match=r"\(toy_met, channel b\) scored no unlabelled events: edition tiny of toys"):
        write_scores_to_hand_in(without, tmp_path / "b.csv")
    with pytest.raises(UnknownNameError, match=r"no score of toy_met 'nosy'. Did you mean noisy\?"):
        write_scores_to_hand_in(with_them, tmp_path / "a.csv", "nosy")
    (tmp_path / "file").write_text("")
    with pytest.raises(MissingError, match=r"a.csv cannot be written: .*. Choose another file with --out"):
        write_scores_to_hand_in(with_them, tmp_path / "file" / "a.csv")
    assert not list(tmp_path.glob("*.csv"))
    assert call("results", "export-scores", "zzz", "--results", str(tmp_path / "results"), "--out", "x.csv") == 2
    assert "no stored run 'zzz'" in capsys.readouterr().err
