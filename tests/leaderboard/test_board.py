from __future__ import annotations

import dataclasses
import json
import math
import random
from typing import Any

import numpy as np
import pytest

from adbench.api import MissingError, UnknownNameError, UsageError
from adbench.leaderboard.board import Board, build_board, rank_board
from adbench.leaderboard.export import as_json
from adbench.leaderboard.notes import MORE_BACKGROUND
from adbench.leaderboard.publication import AS_PUBLISHED
from adbench.metrics.auc import AUC
from adbench.rankings.average_rank import AVERAGE_RANK
from adbench.rankings.median import MEDIAN

CHANNELS = ("1", "2a", "10")


def places(board: Board) -> dict[str, int | None]:
    return {entry.name: board.rank(entry) for entry in board.entries}


def standing(board: Board, name: str, metric: str = "auc") -> Any:
    return next(entry for entry in board.entries if entry.name == name).standings[metric]


def values(board: Board, name: str, metric: str = "auc") -> list[float]:
    entry = next(entry for entry in board.entries if entry.name == name)
    return [entry.cells[column][metric].value for column in board.columns]


@pytest.fixture
def three(pretend: Any) -> Any:
    """Three complete entries of clear order, and one that lacks two channels."""
    for channel in CHANNELS:
        for seed in (0, 1):
            pretend.run("vae", channel, seed, shifts=2.0 + 0.1 * seed)
        pretend.run("forest", channel, shifts=1.0)
        pretend.run("met", channel, shifts=0.0)
    pretend.run("mine", "1", shifts=3.0)
    pretend.run("mine", "2a", status="timeout", reason="no end after 60 s")
    return pretend


def test_complete_entries_are_ranked_and_the_others_stand_apart(three: Any) -> None:
    board = build_board(three.store)
    assert board.columns == (("1", "glgl1400"), ("1", "stlp_st1000"), ("2a", "chacha_300"), ("10", "glgl1400"))
    assert places(board) == {"vae": 1, "forest": 2, "met": 3, "mine": None}
    assert [entry.coverage for entry in board.entries] == [1.0, 1.0, 1.0, 0.5]
    assert (board.channel, board.channels, board.metric.name, board.ranking.name) == ("all", CHANNELS, "auc", "mean")
    assert math.isnan(standing(board, "mine").value)
    mine = board.entries[-1]
    assert mine.cells["2a", "chacha_300"]["auc"].note == "timeout: no end after 60 s"
    assert mine.cells["10", "glgl1400"]["auc"].note == "not run"
    assert mine.cells["1", "glgl1400"]["auc"].value > 0.97


def test_an_entry_that_lacks_a_channel_is_ranked_on_those_that_it_has(three: Any) -> None:
    board = build_board(three.store, channels=["1"])
    assert places(board) == {"mine": 1, "vae": 2, "forest": 3, "met": 4}
    assert (board.channel, len(board.columns)) == ("1", 2)


def test_statistics_are_those_of_the_cells(three: Any) -> None:
    board = build_board(three.store)
    for name in ("vae", "forest", "met"):
        cells = next(entry.cells for entry in board.entries if entry.name == name)
        for metric in ("auc", "eps_s@1e-2", "max_si"):
            found = standing(board, name, metric)
            assert found.value == pytest.approx(np.mean(values(board, name, metric)), abs=1e-12)
            assert found.low == pytest.approx(np.mean([c[metric].low for c in cells.values()]), abs=1e-12)
            assert found.high == pytest.approx(np.mean([c[metric].high for c in cells.values()]), abs=1e-12)
    assert [metric.name for metric in board.metrics] == ["auc", "eps_s@1e-2", "eps_s@1e-3", "eps_s@1e-4", "max_si"]


def test_the_spread_is_that_of_the_statistic_over_seeds(three: Any) -> None:
    board = build_board(three.store)
    cells = board.entries[0].cells.values()
    by_seed = [np.mean([cell["auc"].by_seed[seed] for cell in cells]) for seed in (0, 1)]
    assert standing(board, "vae").spread == pytest.approx(np.std(by_seed, ddof=1), abs=1e-12)
    assert math.isnan(standing(board, "met").spread)


def test_the_interval_of_an_average_rank_moves_one_entry_and_leaves_the_others(pretend: Any) -> None:
    pretend.run("a", "2a", shifts=1.00, n_background=200, n_signal=50)
    pretend.run("b", "2a", shifts=1.05, n_background=200, n_signal=50)
    pretend.run("c", "2a", shifts=-2.0, n_background=200, n_signal=50)
    board = build_board(pretend.store, ranking="average_rank")
    for name in ("a", "b"):
        found = standing(board, name)
        assert (found.low, found.high) == (1.0, 2.0)
    assert (standing(board, "c").low, standing(board, "c").high) == (3.0, 3.0)


def test_another_ranking_of_the_same_board(three: Any) -> None:
    board = rank_board(build_board(three.store), MEDIAN)
    assert standing(board, "vae").value == pytest.approx(np.median(values(board, "vae")), abs=1e-12)
    ranks = rank_board(board, AVERAGE_RANK)
    assert [standing(ranks, name).value for name in ("vae", "forest", "met")] == [1.0, 2.0, 3.0]
    assert places(ranks) == places(board)


def test_unmeasured_working_points_are_shown_but_not_ranked(three: Any) -> None:
    board = build_board(three.store, metrics=["eps_s@1e-3"])
    assert places(board) == {"forest": None, "met": None, "vae": None, "mine": None}
    assert board.ranked["eps_s@1e-3"] == ()
    cell = next(entry for entry in board.entries if entry.name == "vae").cells["1", "glgl1400"]["eps_s@1e-3"]
    assert cell.value > 0.05
    assert (cell.measured, cell.note) == (False, "unmeasured: 2 background events expected")
    assert "eps_s@1e-3 is unmeasured in 3 of 3 channels: 2 background events expected" in board.notes
    last = f"eps_s@1e-4 is unmeasured in 3 of 3 channels: 0.2 background events expected. {MORE_BACKGROUND}"
    assert last in board.notes


def test_a_figure_that_no_entry_can_have_says_why_and_not_that_background_is_missing(pretend: Any) -> None:
    for entry in ("met", "ht"):
        for channel in ("1", "2a"):
            pretend.run(entry, channel)
    notes = build_board(pretend.store, metrics=["log_likelihood"]).notes
    assert "log_likelihood is unmeasured in 2 of 2 channels: the detector has no density" in notes
    assert not [note for note in notes if "no figure" in note]


def test_notes_call_events_independent_where_copies_count_once(pretend: Any) -> None:
    for channel, n, copies in (("1", 500, 5), ("2a", 800, 2), ("10", 100, 1)):
        samples = pretend.samples(channel, 0, 1.0, ("score",), n, 20)
        sources = np.repeat(np.arange(n // copies), copies)
        samples["background"] = dataclasses.replace(samples["background"], sources=sources)
        pretend.run("met", channel, samples=samples)
    first = build_board(pretend.store, channels=["1"]).notes[0]
    assert first.startswith("eps_s@1e-2 is unmeasured in channel 1: 1 independent background event expected")
    notes = build_board(pretend.store).notes
    whole = "eps_s@1e-2 is unmeasured in 3 of 3 channels: 1 to 4 independent background events expected"
    assert notes[0].removesuffix(f". {MORE_BACKGROUND}") == whole


def test_notes_say_that_each_fold_has_its_own_threshold(pretend: Any) -> None:
    for channel, n in (("1", 500), ("2a", 1000)):
        samples = pretend.samples(channel, 0, 1.0, ("score",), n, 20)
        folds = (np.arange(n) % 5).astype(np.int16)
        samples["background"] = dataclasses.replace(samples["background"], folds=folds)
        pretend.run("met", channel, samples=samples)
    whole = "eps_s@1e-2 is unmeasured in 2 of 2 channels: 1 to 2 background events expected in each of 5 folds"
    assert build_board(pretend.store).notes[0].removesuffix(f". {MORE_BACKGROUND}") == whole


def test_a_channel_with_enough_background_is_ranked_alone(pretend: Any) -> None:
    for name, shift in (("vae", 2.0), ("met", 1.0)):
        pretend.run(name, "1", shifts=shift, n_background=12_000)
        pretend.run(name, "2a", shifts=shift, n_background=500)
    board = build_board(pretend.store, metrics=["eps_s@1e-3"])
    assert board.ranked["eps_s@1e-3"] == (("1", "glgl1400"), ("1", "stlp_st1000"))
    assert places(board) == {"vae": 1, "met": 2}
    assert standing(board, "vae", "eps_s@1e-3").value == pytest.approx(np.mean(values(board, "vae", "eps_s@1e-3")[:2]))
    assert "eps_s@1e-3 is unmeasured in 1 of 2 channels: 0.5 background events expected" in board.notes
    different = "eps_s@1e-4 is unmeasured in 2 of 2 channels: 0.05 to 1.2 background events expected"
    assert any(note.startswith(different) for note in board.notes)


def test_one_supervised_entry_puts_all_on_halves(pretend: Any) -> None:
    pretend.run("met", n_signal=400)
    whole = values(build_board(pretend.store), "met")
    pretend.run("quak", n_signal=200, supervision="semi-supervised")
    board = build_board(pretend.store)
    assert board.halves
    assert values(board, "met") != whole
    assert "every entry is measured on one half of each signal: quak learnt from the other half" in board.notes
    alone = build_board(pretend.store, supervision="unsupervised")
    assert not alone.halves
    assert values(alone, "met") == whole


def test_where_the_prior_is_a_proxy_nobody_is_cut(pretend: Any) -> None:
    pretend.run("met", n_signal=400, halved=())
    whole = values(build_board(pretend.store), "met")
    pretend.run("quak", n_signal=400, supervision="semi-supervised", halved=())
    board = build_board(pretend.store)
    assert not board.halves
    assert not any("half" in note for note in board.notes)
    assert values(board, "met") == whole


def test_halves_of_one_channel_leave_the_others_whole(pretend: Any) -> None:
    for name, supervision in (("met", "unsupervised"), ("quak", "semi-supervised")):
        pretend.run(name, "1", n_signal=400, supervision=supervision, halved=("glgl1400", "stlp_st1000"))
        pretend.run(name, "2a", n_signal=400, supervision=supervision, halved=())
    met = build_board(pretend.store, supervision="unsupervised")
    both = build_board(pretend.store)
    note = "every entry is measured on one half of each signal in channel 1: quak learnt from the other half"
    assert note in both.notes
    changed = [a != b for a, b in zip(values(met, "met"), values(both, "met"), strict=True)]
    assert changed == [True, True, False]  # channel 2a has one signal


def test_a_failed_supervised_run_puts_nobody_on_halves(pretend: Any) -> None:
    pretend.run("met")
    pretend.run("quak", supervision="semi-supervised", status="skipped", reason="no prior has 200 events")
    assert not build_board(pretend.store).halves


def test_runs_by_other_code_of_the_same_version_are_named(pretend: Any) -> None:
    for day, (channel, source) in enumerate([("10", "old"), ("1", "old"), ("2a", "new")], start=1):
        pretend.run("vae", channel, source=source, started=f"2024-01-0{day}")
        pretend.run("met", channel, source="same")
        pretend.run("forest", channel)
    for seed, source in enumerate(("old", "old", "new")):
        pretend.run("kde", "1", seed, source=source, started=f"2024-01-0{seed + 1}")
    pretend.run("gone", "1", source="old", status="failed", reason="x")
    pretend.run("gone", "2a", source="new")
    board = build_board(pretend.store)
    assert board.notes[:2] == (
        "kde: its runs were made by different sources of adbench-kde (version unchanged): channel 1 (seeds 0, 1) "
        "before, channel 1 (seed 2) after; run them again with --rerun all",
        "vae: its runs were made by different sources of adbench-vae (version unchanged): channels 1, 10 before, "
        "channel 2a after; run them again with --rerun all",
    )
    assert sum("different sources" in note for note in board.notes) == 2
    assert not any("different sources" in note for note in build_board(pretend.store, channels=["10"]).notes)


def test_notes_of_data_and_runs_are_passed_on_once(pretend: Any) -> None:
    for name in ("met", "vae"):
        pretend.run(name, data_notes=("QCD is capped at 20 %",), notes=("prior x left out: 7 < 200 events",))
    board = build_board(pretend.store)
    assert board.data_notes == ("QCD is capped at 20 %",)
    assert "vae, channel 1: prior x left out: 7 < 200 events" in board.notes
    assert json.loads(as_json([board]))["notes"].count("QCD is capped at 20 %") == 1


def test_total_improvement_takes_its_own_figure(three: Any) -> None:
    board = build_board(three.store, ranking="ti_median")
    assert board.metric.name == "max_si"
    best = {"glgl1400": max(values(board, "vae", "max_si")[i] for i in (0, 3))}
    best |= {"stlp_st1000": values(board, "vae", "max_si")[1], "chacha_300": values(board, "vae", "max_si")[2]}
    assert standing(board, "vae", "max_si").value == pytest.approx(np.median(list(best.values())))
    assert [metric.name for metric in board.shown] == ["max_si"]
    with pytest.raises(UsageError, match="ranking 'ti_median' is defined on max_si: leave --metric auc out"):
        build_board(three.store, ranking="ti_median", metrics=["auc"])


def test_the_published_procedure_counts_what_is_unmeasured(three: Any) -> None:
    board = build_board(three.store, metrics=["eps_s@1e-4"], compat="arxiv-2105.14027")
    assert places(board) == {"vae": 1, "forest": 2, "met": 3, "mine": None}
    assert standing(board, "vae", "eps_s@1e-4").value == pytest.approx(np.mean(values(board, "vae", "eps_s@1e-4")))
    assert AS_PUBLISHED in board.notes
    entry = board.entries[0]
    for column in board.columns:
        points = {w: entry.cells[column][f"eps_s@{w}"].by_seed for w in ("1e-2", "1e-3", "1e-4")}
        largest = [max(by_seed[seed] / math.sqrt(float(w)) for w, by_seed in points.items()) for seed in (0, 1)]
        assert entry.cells[column]["max_si"].value == pytest.approx(np.mean(largest))


def test_the_published_average_rank_counts_from_zero_in_the_last_channel_of_a_signal(three: Any) -> None:
    board = build_board(three.store, ranking="average_rank", compat="arxiv-2105.14027")
    assert [standing(board, name).value for name in ("vae", "forest", "met")] == [0.0, 1.0, 2.0]


def test_incomplete_entries_alone_give_an_unranked_board(pretend: Any) -> None:
    pretend.run("a", "1")
    pretend.run("b", "2a")
    for compat in ("", "arxiv-2105.14027"):
        assert places(build_board(pretend.store, compat=compat)) == {"a": None, "b": None}


def test_failures_alone_give_a_board_of_reasons(pretend: Any) -> None:
    pretend.run("a", status="failed", reason="ValueError: the loss is not finite")
    board = build_board(pretend.store)
    assert (board.columns, places(board), board.entries[0].coverage) == ((), {"a": None}, 0.0)
    assert board.entries[0].gaps[0].reason == "failed: ValueError: the loss is not finite"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"metrics": ["ausc"]}, "no metric 'ausc'. Did you mean auc?"),
        ({"ranking": "avrage_rank"}, "no ranking 'avrage_rank'. Did you mean average_rank?"),
        ({"compat": "arxiv-2105"}, "no published procedure 'arxiv-2105'. Did you mean arxiv-2105.14027?"),
        ({"channels": ["2b"]}, "no channel among the results '2b'."),
    ],
)
def test_unknown_names_are_answered_with_the_nearest(pretend: Any, asked: Any, message: str) -> None:
    pretend.run("met", "2a")
    with pytest.raises(UnknownNameError) as raised:
        build_board(pretend.store, **asked)
    assert str(raised.value).startswith(message)


def test_no_results_is_an_error_with_a_command(pretend: Any) -> None:
    with pytest.raises(MissingError, match="adbench run"):
        build_board(pretend.store)


def test_one_spelling_of_a_metric_is_as_good_as_another(pretend: Any) -> None:
    pretend.run("met")
    board = build_board(pretend.store, metrics=["eps_s@0.01"])
    assert [metric.name for metric in board.metrics][:2] == ["eps_s@1e-2", "auc"]
    assert len(board.metrics) == 5
    assert AUC in board.metrics


def test_neither_order_nor_cache_nor_place_change_the_board(three: Any) -> None:
    from adbench.leaderboard.export import as_json

    first = as_json([build_board(three.store)])
    assert (three.store.root / ".cache" / "estimates-3").is_dir()
    runs = list(three.store)
    random.Random(1).shuffle(runs)
    assert as_json([build_board(runs)]) == first
    assert as_json([build_board(three.store)]) == first


def test_small_samples_show_a_working_point_that_they_can_measure(pretend: Any) -> None:
    pretend.run("met", n_background=500)
    board = build_board(pretend.store)
    assert [metric.name for metric in board.shown] == ["auc", "eps_s@0.1"]
    pretend.run("met", "2a", n_background=2_000)
    assert "eps_s@0.1" not in [metric.name for metric in build_board(pretend.store).metrics]


def test_uneven_seeds_and_limited_runs_are_said(pretend: Any) -> None:
    for channel, seeds in (("1", (0, 1)), ("2a", (0,))):
        for seed in seeds:
            pretend.run("vae", channel, seed, max_events=100)
        pretend.run("met", channel, max_events=100)
    notes = build_board(pretend.store).notes
    assert "these runs used only the first 100 events of each sample" in notes
    assert "vae: its channels rest on different seeds: 0, 1 in channel 1; 0 in channel 2a" in notes
    assert not any(note.startswith("met: its channels") for note in notes)
