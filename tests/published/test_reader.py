"""The reader of the published scores: every broken file is named with its line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adbench.api import DataError, MissingError, UnknownNameError
from adbench.published.oddities import twins
from adbench.published.reader import FAMILIES, read_published
from adbench.published.scores import NUMBERS, PublishedScores
from adbench.published.source import source
from adbench.rankings.average_rank import AVERAGE_RANK
from adbench.rankings.table import rank_entries
from adbench.testing import reference_data

HEADER = "Signal,Model,Chan,AUC,1e-2,1e-3,1e-4"


def write(folder: Path, **files: str) -> Path:
    """Write the 13 files: one model each, unless told otherwise."""
    for i, family in enumerate(FAMILIES):
        lines = files.get(family, f"x,M{i},1,0.5,0.1,0.01,0.001\n")
        (folder / f"{family}.csv").write_text(lines if lines.startswith("S") else f"{HEADER}\n{lines}")
    return folder


def scores_of(folder: Path) -> PublishedScores:
    return PublishedScores.of(read_published(folder), source("darkmachines-2021"))


def test_rows_keep_the_order_of_publication(tmp_path: Path) -> None:
    published = read_published(write(tmp_path, VAE="y,B,2a,0.6,0.2,0.02,0.0\nx,B,1,0.7,0.3,0.03,0.003\n"))
    assert list(published.columns) == ["family", "model", "channel", "signal", *NUMBERS]
    assert published["model"].tolist()[:4] == ["M0", "B", "B", "M2"]
    assert published["family"].unique().tolist() == list(FAMILIES)
    assert published["channel"].tolist()[1] == "2a"
    table = PublishedScores.of(published, source("darkmachines-2021")).table("eps_s@1e-2")
    assert table.entries[:3] == ("M0", "B", "M2")
    assert table.columns == (("1", "x"), ("2a", "y"))
    np.testing.assert_array_equal(table.values[:2], [[0.1, np.nan], [0.3, 0.2]])


def test_max_si_is_the_largest_of_three(tmp_path: Path) -> None:
    lines = "x,A,1,0.5,0.2,0.02,0.002\nx,B,1,0.5,0.02,0.02,0.002\nx,C,1,0.5,0.02,0.002,0.03\n"
    table = scores_of(write(tmp_path, AE=lines)).table("max_si")
    assert table.figure == "max_si"
    assert table.values[:3, 0].tolist() == pytest.approx([2.0, 0.02 / 1e-3**0.5, 3.0])


@settings(deadline=None)
@given(value=st.floats(0, 1))
def test_numbers_are_rounded_correctly(tmp_path_factory: pytest.TempPathFactory, value: float) -> None:
    folder = write(tmp_path_factory.mktemp("published"), AE=f"x,A,1,{value!r},{value:.25f},0,0\n")
    published = read_published(folder)
    assert published["auc"][0] == value
    assert published["eps_s@1e-2"][0] == float(f"{value:.25f}")


def test_missing_files_are_named(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "KDE.csv").unlink()
    (tmp_path / "AE.csv").unlink()
    with pytest.raises(MissingError, match=r"lacks AE\.csv, KDE\.csv; the 13 files"):
        read_published(tmp_path)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("Signal,Model,Chan,AUC,1e-2\n", r"KDE\.csv:1: no column 1e-3, 1e-4"),
        ("x,A,1,0.5,0.1,0.01,0\nx,B,1,0.5,0.1,none,0\n", r"KDE\.csv:3: 1e-3 is 'none'"),
        ("x,A,1,0.5,0.1,0.01,\n", r"KDE\.csv:2: 1e-4 is ''"),
        ("x,A,1,nan,0.1,0.01,0\n", r"KDE\.csv:2: AUC is 'nan'"),
        ("x,A,1,1.2,0.1,0.01,0\n", r"KDE\.csv:2: AUC is '1\.2'; it must be a number from 0 to 1"),
        ("x,A,1,0.5,-0.1,0.01,0\n", r"KDE\.csv:2: 1e-2 is '-0\.1'"),
        ("x,A,1,0.5,0.1,0.01\n", r"KDE\.csv:2: 6 fields where the header has 7"),
        ("x,A,1,0.5,0.1,0.01,0,9\n", r"KDE\.csv:2: 8 fields"),
        ("x,A,1,0.5,0.1,0.01,0\n\n", r"KDE\.csv:3: 0 fields"),
        ("x,,1,0.5,0.1,0.01,0\n", r"KDE\.csv:2: empty Model"),
        (
            "x,A,1,0.5,0.1,0.01,0\nx,A,1,0.5,0.1,0.01,0\n",
            r"KDE\.csv:3: model 'A' has signal x in channel 1 .*KDE\.csv:2",
        ),
        ("x,M0,1,0.5,0.1,0.01,0\n", r"KDE\.csv:2: model 'M0' .* already at .*AE\.csv:2"),
    ],
)
def test_broken_lines_are_named(tmp_path: Path, lines: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_published(write(tmp_path, KDE=lines))


def test_an_empty_file_has_no_columns(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "KDE.csv").write_text("")
    with pytest.raises(DataError, match=r"KDE\.csv:1: no column Signal"):
        read_published(tmp_path)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "KDE.csv").write_bytes(b"\x9b\xff\x00")
    with pytest.raises(DataError, match=r"KDE\.csv: cannot be read as text"):
        read_published(tmp_path)


def test_an_unknown_figure_is_answered(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean"):
        scores_of(write(tmp_path)).rows("eps_s@1e-5")


def test_the_published_scores() -> None:
    published = read_published(reference_data("darkmachines_published"))
    assert len(published) == 35_552
    scores = PublishedScores.of(published, source("darkmachines-2021"))
    table = scores.table("auc")
    assert len(table.entries) == 1048
    assert len(table.columns) == 34
    assert [sum(channel == c for channel, _ in table.columns) for c in ("1", "2a", "2b", "3")] == [8, 7, 9, 10]
    assert np.sum(table.coverage == 1.0) == 1040
    folded = twins(scores)
    assert len(folded) == 70
    assert set(folded.values()) == {f"DeepSVDD_C0_d{d}" for d in (5, 8, 13, 21, 34, 55, 89, 144, 233, 377)}
    ranked = rank_entries(table, AVERAGE_RANK, folded)
    assert len(ranked.entries) == 1040 - 63
    assert ranked.incomplete == (("DeepSVDD_C0_d377", pytest.approx(24 / 34)),)
    every = rank_entries(table, AVERAGE_RANK)
    assert every.entries[0] == "Combined-OR-DeepSVDD-Flow"
    assert every.statistics[0] == pytest.approx(1 + 15.5, abs=0.05)
