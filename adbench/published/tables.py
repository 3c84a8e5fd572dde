"""Tables that papers print, as reference numbers: one small file each, in the folder ``papers`` beside this module."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from importlib import resources
from typing import Any

from adbench.api.errors import UnknownNameError

__all__ = ["PaperTable", "paper_table", "paper_tables"]


@dataclass(frozen=True, slots=True)
class PaperTable:
    """A table of a paper.

    Attributes:
        name: its name here.
        title: what it shows.
        source: paper, and table in it.
        columns: headings; the first column names the row.
        rows: the cells as printed; empty where the paper has none.
        notes: on which events and how the numbers were measured.
    """

    name: str
    title: str
    source: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the table for JSON."""
        return asdict(self)


def paper_tables() -> dict[str, PaperTable]:
    """Return all tables by name."""
    folder = resources.files("adbench.published").joinpath("papers")
    found = [_read(path.name, path.read_text("utf-8")) for path in folder.iterdir() if path.name.endswith(".json")]
    return {one.name: one for one in sorted(found, key=lambda one: one.name)}


def paper_table(name: str) -> PaperTable:
    """Return a table by name; raise UnknownNameError with the nearest ones."""
    known = paper_tables()
    if name not in known:
        raise UnknownNameError("table", name, known, "adbench results published")
    return known[name]


def _read(file: str, text: str) -> PaperTable:
    values = json.loads(text)
    rows = tuple(tuple(row) for row in values["rows"])
    notes = tuple(values["notes"])
    return PaperTable(
        file.removesuffix(".json"), values["title"], values["source"], tuple(values["columns"]), rows, notes
    )
