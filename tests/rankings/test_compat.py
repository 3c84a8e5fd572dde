"""The published procedure: on rows that show its oddities, and on the published scores themselves."""

from __future__ import annotations

import csv
import functools
import json
from pathlib import Path

import numpy as np
import pytest

from adbench.api import ScoreTable, UnknownNameError, UsageError
from adbench.published.reader import read_published
from adbench.published.scores import PublishedScores
from adbench.published.source import source
from adbench.rankings.compat import Publication, published_length
from adbench.rankings.plugin import SIX_RANKINGS
from adbench.rankings.rows import Rows
from adbench.testing import reference_data

FOLDER = "darkmachines_published"
GOLDEN_NAMES = {"mean_score": "mean", "median_score": "median", "min_score": "minimum"}

# Winner and second of lists that the golden file does not hold, as printed in Figs. 12 to 17 of arXiv:2105.14027
# (channel None), and as its code gives them for single channels.
FURTHER_LISTS = [
    (
        None,
        "eps_s@1e-3",
        "top_scorer",
        [
            "Flow-Efficient-No-E_Likelihood",
            "Combined-AVG-DeepSVDD-Flow",
            "Flow-Efficient_Likelihood",
            "VAE-dynamic-beta1e-06-z13_RL",
            "DeepSVDD_C3_d34",
        ],
        [8, 5, 2, 2, 1],
    ),
    (
        None,
        "eps_s@1e-4",
        "top_scorer",
        [
            "Flow-Efficient-No-E_Likelihood",
            "Flow-Efficient_Likelihood",
            "Combined-AVG-DeepSVDD-Flow",
            "Combined-AND-DeepSVDD-Flow",
            "VAE-static-beta0.999-z13_RL",
        ],
        [8, 5, 3, 1, 1],
    ),
    (
        None,
        "eps_s@1e-4",
        "top5_scorer",
        [
            "Combined-AVG-DeepSVDD-Flow",
            "Combined-AND-VAE_beta1_z21-Flow",
            "Flow-Efficient-No-E_Likelihood",
            "Combined-AND-DeepSVDD-Flow",
            "Combined-PROD-VAE_beta1_z21-Flow",
        ],
        [13, 10, 10, 10, 10],
    ),
    (
        None,
        "eps_s@1e-3",
        "average_rank",
        [
            "Combined-AND-DeepSVDD-Flow",
            "Combined-AVG-DeepSVDD-Flow",
            "Flow-Efficient-No-E_Likelihood",
            "Combined-AVG-VAE_beta1_z21-Flow",
            "Combined-PROD-VAE_beta1_z21-Flow",
        ],
        [18.47, 38.84, 87.53, 94.68, 96.53],
    ),
    (
        None,
        "eps_s@1e-4",
        "average_rank",
        [
            "Combined-AVG-DeepSVDD-Flow",
            "Combined-AND-DeepSVDD-Flow",
            "ALAD_ld10_lr1e-5_bs500_epoch2000_enc512_F_sc",
            "LS_VAE_4_0.001_1000",
            "ALAD_ld40_lr1e-5_bs500_epoch2000_enc512_F_sc",
        ],
        [53.26, 79.74, 81.21, 85.95, 87.47],
    ),
    (
        None,
        "eps_s@1e-4",
        "median",
        [
            "Flow-Efficient_Likelihood",
            "Combined-AVG-DeepSVDD-Flow",
            "Combined-AND-DeepSVDD-Flow",
            "Flow-Efficient-No-E_Likelihood",
            "Combined-AVG-VAE_beta1_z21-Flow",
        ],
        [0.09, 0.07, 0.065, 0.055, 0.04],
    ),
    (None, "eps_s@1e-3", "minimum", ["ALAD_ld20_lr1e-5_bs500_epoch2000_enc512_F_sc"], [0.001033]),
    (None, "eps_s@1e-4", "minimum", [], []),
    ("2a", "eps_s@1e-2", "top_scorer", ["LS_IF_4_1.0_1000"], [1]),
    ("2a", "eps_s@1e-4", "top5_scorer", ["VAE_OrthogonalSNF"], [3]),
    ("2a", "eps_s@1e-3", "minimum", ["CNN_VAE"], [0.00362]),
    ("2b", "eps_s@1e-3", "average_rank", ["Combined-AVG-DeepSVDD-Flow"], [2.22]),
    ("3", "auc", "top_scorer", ["VAE_HouseholderSNF"], [3]),
    ("3", "eps_s@1e-2", "average_rank", ["Combined-OR-DeepSVDD-Flow"], [9.3]),
]


@functools.cache
def published(folder: Path) -> PublishedScores:
    return PublishedScores.of(read_published(folder), source("darkmachines-2021"))


def publication(figure: str, channel: str | None) -> Publication:
    return Publication.of(published(reference_data(FOLDER)).rows(figure), channel)


def test_every_golden_list_in_order() -> None:
    golden = json.loads(reference_data(FOLDER, "golden_rankings.json").read_text())["rankings"]
    compared = 0
    for channel, by_figure in golden.items():
        for figure, lists in by_figure.items():
            name, subset = figure.replace("eps_s_", "eps_s@"), None if channel == "all" else channel
            figures = publication(name, subset)
            for method, expected in lists.items():
                ranking = GOLDEN_NAMES.get(method, method)
                length = published_length(ranking, name, subset)
                ranked = figures.ranked(ranking)
                where = f"{ranking} of {name} in channel {channel}"
                assert length == expected["n_selected"], where
                assert list(ranked.entries[:length]) == [place["model"] for place in expected["selected"]], where
                # 1e-15: the golden numbers were read by a parser that misses some decimals by their last bit
                values = [place["value"] for place in expected["selected"]]
                assert ranked.statistics[:length].tolist() == pytest.approx(values, rel=1e-15, abs=0), where
                compared += 1
    assert compared >= 24


@pytest.mark.parametrize(("channel", "figure", "ranking", "entries", "numbers"), FURTHER_LISTS)
def test_further_published_lists(channel, figure, ranking, entries, numbers) -> None:
    ranked = publication(figure, channel).ranked(ranking)
    shown = len(entries)
    assert shown <= published_length(ranking, figure, channel) or ranking != "minimum"
    assert list(ranked.entries[:shown]) == entries
    assert ranked.statistics[:shown].tolist() == pytest.approx(numbers, rel=2e-3)
    if not entries:
        assert published_length(ranking, figure, channel) == 0
        assert not ranked.statistics.any()


def test_participants() -> None:
    figures = publication("auc", "1")
    assert len(figures.entries) == 1040
    assert [entry for entry, _ in figures.incomplete] == sorted(
        f"DeepSVDD_{kind}_d377" for kind in ("Reduced", "C0", "C1", "C2", "C3", "C4", "C10", "C25")
    )
    assert figures.ranks.shape == figures.values.shape == (1040, 8)
    assert publication("auc", None).values.shape == (1040, 34)
    assert publication("auc", None).ranks.shape == (1040, 19)


def test_total_improvements_in_order() -> None:
    path = reference_data(FOLDER, "DarkMachinesUnsupervisedChallenge_TotalImprovements.csv")
    with path.open(newline="") as file:
        golden = {line.pop("Model"): line for line in csv.DictReader(file)}
    figures = publication("max_si", None)
    assert list(figures.ranked("ti_median").entries) == list(golden)
    for ranking, column in (("ti_min", "Min"), ("ti_median", "Median"), ("ti_max", "Max")):
        ranked = figures.ranked(ranking)
        expected = [float(golden[entry][f"{column}TotalImprovement"]) for entry in ranked.entries]
        assert ranked.statistics.tolist() == pytest.approx(expected, rel=1e-15, abs=0)


def rows(values: dict[str, dict[tuple[str, str], float]]) -> Rows:
    cells = [(entry, *column, value) for entry, cells in values.items() for column, value in cells.items()]
    entries, channels, signals, figures = (list(part) for part in zip(*cells, strict=True))
    return Rows(
        *(np.array(part, dtype=object) for part in (entries, channels, signals)), np.array(figures, float), "auc"
    )


def test_the_last_channel_of_a_signal_counts_alone() -> None:
    figures = Publication.of(rows({"a": {("1", "x"): 0.9, ("3", "x"): 0.1}, "b": {("1", "x"): 0.8, ("3", "x"): 0.2}}))
    assert figures.ranks.tolist() == [[1], [0]]  # from channel 3
    assert figures.ranked("average_rank").entries == ("b", "a")
    assert figures.ranked("mean").statistics.tolist() == pytest.approx([0.5, 0.5])  # from both


def test_ranks_belong_to_the_place_of_a_row() -> None:
    first = rows({"a": {("1", "x"): 0.9}, "b": {("1", "x"): 0.8}})
    second = rows({"b": {("2a", "y"): 0.9}, "a": {("2a", "y"): 0.8}})
    figures = Publication.of(Rows.concatenate([first, second]))
    assert figures.entries == ("a", "b")
    assert figures.ranks.tolist() == [[0, 0], [1, 1]]  # b's win on y goes to a, who stands first
    assert figures.ranked("mean").statistics.tolist() == pytest.approx([0.85, 0.85])


def test_ties_get_different_ranks() -> None:
    figures = Publication.of(rows({name: {("1", "x"): 0.5} for name in "abc"}))
    assert sorted(figures.ranks.ravel().tolist()) == [0, 1, 2]
    assert figures.ranked("top_scorer").statistics.tolist() == [1, 0, 0]


def test_completeness_is_asked_of_all_channels() -> None:
    values = {"a": {("1", "x"): 0.5, ("3", "y"): 0.5}, "b": {("1", "x"): 0.9}}
    figures = Publication.of(rows(values), "1")
    assert figures.entries == ("a",)
    assert figures.incomplete == (("b", 0.5),)


def test_nobody_complete_is_an_empty_list() -> None:
    figures = Publication.of(rows({"a": {("1", "x"): 0.5}, "b": {("3", "y"): 0.9}}))
    for ranking in SIX_RANKINGS:
        assert figures.ranked(ranking).entries == ()
    assert figures.incomplete == (("a", 0.5), ("b", 0.5))


def test_own_entries_join_the_published_ones() -> None:
    theirs = rows({"a": {("1", "x"): 0.5, ("3", "y"): 0.5}})
    mine = Rows.of(ScoreTable(("mine",), (("1", "x"), ("3", "y")), np.array([[0.7, 0.6]]), "auc"))
    assert Publication.of(Rows.concatenate([theirs, mine])).ranked("mean").entries == ("mine", "a")


def test_wrong_names_are_answered() -> None:
    table = rows({"a": {("1", "x"): 0.5}})
    with pytest.raises(UnknownNameError, match="no channel '2'"):
        Publication.of(table, "2")
    with pytest.raises(UnknownNameError, match="Did you mean median"):
        Publication.of(table).ranked("medain")
    with pytest.raises(UsageError, match="max_si"):
        Publication.of(table).ranked("ti_max")
