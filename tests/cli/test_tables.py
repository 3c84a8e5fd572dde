from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adbench.cli import tables

ANSI = re.compile(r"\x1b\[[0-9;]*m")
ROWS = [
    ["gcn_vae_householder", "unsupervised", "a graph-convolutional [b]autoencoder[/b] with flows", "adbench-flow-vae"]
]


def drawn(monkeypatch: pytest.MonkeyPatch, width: int | None, **options: object) -> list[str]:
    monkeypatch.setattr(tables, "terminal_width", lambda: width)
    table = tables.table(["name", "class", "summary", "plugin"], ROWS, **options)  # type: ignore[arg-type]
    return ANSI.sub("", tables.rendered(table, width=width)).splitlines()


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_tables_fit_their_terminal_and_lose_no_letter(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    lines = drawn(monkeypatch, width)
    assert max(map(len, lines)) <= width
    cells = [line.strip("│").split("│") for line in lines if line.startswith("│")]
    whole = ["".join("".join(row[i].split()) for row in cells) for i in range(4)]
    assert whole == ["".join(cell.split()) for cell in ROWS[0]]


def test_names_stay_whole_where_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    assert any("│ gcn_vae_householder │" in line for line in drawn(monkeypatch, 70))


def test_spare_columns_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "plugin" in drawn(monkeypatch, 120, spare=["plugin", "class"])[1]
    narrow = drawn(monkeypatch, 60, spare=["plugin", "class"])
    assert "plugin" not in "".join(narrow)
    assert "class" in "".join(narrow)


def test_a_pipe_gets_whole_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    heading, row = drawn(monkeypatch, None, spare=["plugin"])
    assert heading.split() == ["name", "class", "summary", "plugin"]
    assert re.split(r"\s{2,}", row) == ROWS[0]


@given(st.lists(st.lists(st.text("abc de", min_size=1, max_size=40), min_size=1, max_size=4), min_size=1, max_size=5),
       st.integers(5, 120))  # fmt: skip
def test_widths_are_never_wider_than_needed_and_fit_when_they_can(columns: list[list[str]], room: int) -> None:
    columns = [[f"x{text}" for text in column] for column in columns]
    widths = tables._widths(columns, room)
    natural = [max(map(len, column)) for column in columns]
    assert all(1 <= width <= most for width, most in zip(widths, natural, strict=True))
    assert sum(widths) <= max(room, len(columns))
    if sum(natural) <= room:
        assert widths == natural
