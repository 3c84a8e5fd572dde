"""What a plugin may add to the leaderboard page: text and tables, which the page escapes. No markup, no script."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PageSection"]


@dataclass(frozen=True, slots=True)
class PageSection:
    """A section of the leaderboard page, returned by the hook ``adbench_leaderboard_sections``.

    Attributes:
        title: its heading.
        paragraphs: plain text, shown as it is.
        headings: headings of its table; empty = no table.
        rows: rows of the table, plain text, each as long as `headings`.

    Example:
        ``PageSection("Energy", ("In kWh per fit.",), ("entry", "kWh"), (("met", "0"),))``
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        texts = [self.title, *self.paragraphs, *self.headings, *(text for row in self.rows for text in row)]
        if not all(isinstance(text, str) for text in texts):
            msg = f"page section {self.title!r}: title, paragraphs, headings and rows are text"
            raise TypeError(msg)
        if any(len(row) != len(self.headings) for row in self.rows):
            msg = f"page section {self.title!r}: a row is not as long as its {len(self.headings)} headings"
            raise ValueError(msg)
