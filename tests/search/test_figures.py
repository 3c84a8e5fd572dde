"""What the figures of a search say: what was searched, what lines mean, and what is left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from adbench.plotting import styled
from adbench.search.categories import Layout
from adbench.search.events import Axes, Searched
from adbench.search.figures import FIGURES, draw_fits, draw_p_values, draw_plane
from adbench.search.report import Search, Settings, search

ABOUT = {
    "dataset": "toys",
    "channel": "a$_b",
    "entry": "net",
    "events": "6,000 of box",
    "variable": "m_jj",
    "axes": "x",
}


def searched(*, plane: bool, injected: int = 0) -> Searched:
    rng = np.random.default_rng(1)
    masses = 3000.0 + rng.exponential(600.0, 6000)
    one, two = rng.normal(size=(2, 6000))
    return Searched(masses, one, two if plane else None, np.arange(6000) < injected, Axes("x"), "6,000 of box")


def found(events: Searched, rows: int = 3, columns: int = 3) -> Search:
    return search(events, Settings(3000.0, 6000.0, 7, Layout(rows, columns), keep=0.5, toys=0))


def names(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


@pytest.fixture(scope="module")
def nine() -> tuple[Search, Searched]:
    events = searched(plane=True, injected=20)
    return found(events), events


def test_each_figure_names_what_was_searched(nine: tuple[Search, Searched]) -> None:
    for draw in FIGURES.values():
        with styled():
            title = " ".join(draw(*nine, ABOUT).get_suptitle().split())
        assert title.startswith("toys · channel a$_b · net (x) · 6,000 of box ")
        assert "m_jj" in title
        assert "GeV" in title


def test_the_fits_have_a_legend_and_say_how_many_are_drawn(nine: tuple[Search, Searched]) -> None:
    figure = draw_fits(*nine, ABOUT)
    mass = nine[0].spectrum.masses[nine[0].best]
    assert figure.get_suptitle().endswith(
        f"fits at m_jj = {mass:,.0f} GeV: the 6 of 9 categories with the largest excess"
    )
    assert names(figure) == [
        "fit of background alone",
        "its background",
        "fit with a resonance",
        "data",
        "pull against background alone",
        "mass of the resonance",
    ]
    events = searched(plane=False)
    assert draw_fits(found(events, 1, 1), events, ABOUT).get_suptitle().endswith("GeV: 1 category")


def test_the_lines_of_the_plane_are_named(nine: tuple[Search, Searched]) -> None:
    figure = draw_plane(*nine, ABOUT)
    assert names(figure) == ["6,000 of box", "preselection of 50 %", "injected signal", "boundaries of categories"]
    dashed = [lines for lines in figure.axes[0].collections if lines.get_linestyle()[0][1]]
    assert [lines.get_segments()[0][0, 0] for lines in dashed] == [pytest.approx(nine[0].threshold)]


def test_a_score_has_a_preselection_and_no_plane() -> None:
    events = searched(plane=False)
    figure = draw_plane(found(events), events, ABOUT)
    assert names(figure) == ["6,000 of box", "preselection of 50 %"]
    assert figure.get_suptitle().endswith("9 categories of m_jj from 3,000 to 6,000 GeV")
    assert figure.axes[0].get_xlabel() == "score x"


def test_the_lowest_p_value_has_its_mass_in_the_title(nine: tuple[Search, Searched]) -> None:
    mass = nine[0].spectrum.masses[nine[0].best]
    title = " ".join(draw_p_values(*nine, ABOUT).get_suptitle().split())
    assert title.endswith(f"9 categories; lowest by fisher at m_jj = {mass:,.0f} GeV")


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (2, 2), (1, 5), (3, 3)])
def test_the_lowest_panel_of_each_column_has_its_masses(rows: int, columns: int) -> None:
    with styled():
        figure = draw_fits(found(searched(plane=rows > 1), rows, columns), searched(plane=rows > 1), ABOUT)
    shown = [panel for panel in figure.axes if panel.axison]
    lowest = {panel.get_position().x0: panel for panel in sorted(shown, key=lambda panel: -panel.get_position().y0)}
    for panel in lowest.values():
        assert panel.get_xlabel() == "m_jj [GeV]"
        assert panel.xaxis.get_tick_params()["labelbottom"]
