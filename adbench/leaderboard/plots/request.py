"""What a figure is asked to show, and the words that all figures share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adbench.api.dataset import Dataset
from adbench.api.errors import MissingError, UnknownNameError
from adbench.leaderboard.board import Board
from adbench.leaderboard.entries import Entry
from adbench.plotting import WIDTHS, wrapped
from adbench.runs.store import StoredRun

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Request", "legend_below", "plain", "seeds_line"]


@dataclass(frozen=True, slots=True)
class Request:
    """What to draw.

    Attributes:
        kind: name of the figure.
        board: the entries.
        runs: the stored runs behind them.
        entries: names of the entries to draw; empty = the first ones of the board.
        channel: the channel, for figures of one; empty = the board's first.
        signals: the signals; empty = all.
        efficiencies: background efficiencies, for selections.
        width: ``single`` or ``double`` column.
        dataset: opens the data set, for figures that look into events.
    """

    kind: str
    board: Board
    runs: tuple[StoredRun, ...]
    entries: tuple[str, ...] = ()
    channel: str = ""
    signals: tuple[str, ...] = ()
    efficiencies: tuple[float, ...] = (1e-1, 1e-2)
    width: str = "double"
    dataset: Callable[[], Dataset] | None = None

    @property
    def inches(self) -> float:
        """Width of the figure in inches."""
        return WIDTHS[self.width]

    def chosen_channel(self) -> str:
        """Return the channel to draw; raise UnknownNameError when the board does not have it."""
        known = tuple(dict.fromkeys(channel for channel, _ in self.board.columns))
        if self.channel and self.channel not in known:
            raise UnknownNameError("channel on this board", self.channel, known)
        if not known:
            msg = "no entry has scores; run something first: adbench run"
            raise MissingError(msg)
        return self.channel or known[0]

    def chosen_signals(self) -> tuple[str, ...]:
        """Return the signals to draw; raise UnknownNameError for one that the channel does not have."""
        channel = self.chosen_channel()
        known = tuple(signal for name, signal in self.board.columns if name == channel)
        for signal in self.signals:
            if signal not in known:
                raise UnknownNameError(f"signal in channel {channel}", signal, known)
        return self.signals or known

    def chosen_entries(self, most: int, *, scored: bool = False) -> tuple[list[Entry], str]:
        """Return the entries to draw and, where the board has more, a line that says so.

        Args:
            most: how many can be told apart; named ones are drawn however many they are.
            scored: only entries with per-event scores in the channel.

        Raises:
            UnknownNameError: an entry is not on the board.
            MissingError: no entry is left.
        """
        known = {entry.name: entry for entry in self.board.entries}
        for name in self.entries:
            if name not in known:
                raise UnknownNameError("entry on this board", name, known)
        wanted = [known[name] for name in self.entries] or list(self.board.entries)
        usable = [e for e in wanted if not scored or self.runs_of(e)]
        if not usable:
            where = f" in channel {self.chosen_channel()}" if scored else ""
            msg = f"no entry with scores{where} to draw; run one first: adbench run"
            raise MissingError(msg)
        shown = usable if self.entries else usable[:most]
        left = [f"the first {len(shown)} of {len(usable)} entries"] if len(shown) < len(usable) else []
        lost = [entry.name for entry in wanted if entry not in usable]
        left += [f"without stored scores: {', '.join(lost[:3])}{' ...' if len(lost) > 3 else ''}"] if lost else []
        return shown, "; ".join(left)

    def runs_of(self, entry: Entry) -> list[StoredRun]:
        """Return the runs with scores of an entry in the channel."""
        channel = self.chosen_channel()
        return [
            run
            for run in self.runs
            if run.record.key in entry.keys and run.record.identity.channel == channel and run.has_scores
        ]

    def heading(self, *lines: str, channel: bool = True) -> str:
        """Return a title: what events, and further lines that are not empty, broken where the figure ends."""
        where = f" · channel {self.chosen_channel()}" if channel else ""
        title = [f"{self.board.dataset} · {self.board.edition}{where}", *(line for line in lines if line)]
        return wrapped(title, self.inches)


def plain(texts: Sequence[Any]) -> None:
    """Show names as they are: a dollar sign of somebody's name is no mathematics."""
    for text in texts:
        text.set_parse_math(False)


def legend_below(figure: Figure, handles: Sequence[Any], columns: int) -> None:
    """Add a legend below the panels, its names shown as they are."""
    legend = figure.legend(handles=handles, loc="outside lower center", ncols=columns)
    plain(legend.get_texts())


def seeds_line(runs: Sequence[Sequence[StoredRun]]) -> str:
    """Return what stands behind each entry where it is several trainings; empty where it is one."""
    counts = sorted({len(some) for some in runs})
    if counts[-1] == 1:
        return ""
    return f"mean of {counts[0] if len(counts) == 1 else f'{counts[0]} to {counts[-1]}'} seeds"
