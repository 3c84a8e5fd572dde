"""The Python interface: data, detectors, runs and leaderboards in a few lines, results as pandas tables.

    import adbench

    events = adbench.dataset("darkmachines").train("2b")
    detector = adbench.detector("isolation_forest", seed=0).fit(events)
    adbench.run(["isolation_forest", "met"], channels="2b")
    print(adbench.leaderboard().table)

All of it is on the package itself; ``import adbench`` alone imports nothing of this.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from adbench.api import Dataset, Detector, Events, RunContext
from adbench.arguments import check_known, count, dataset_options, names
from adbench.leaderboard.board import build_board
from adbench.leaderboard.ranked import Board
from adbench.registry import catalogue
from adbench.runs.store import ResultsFolder

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["Leaderboard", "PlainDetector", "dataset", "detector", "leaderboard", "run"]


def dataset(name: str = "darkmachines", **options: Any) -> Dataset:
    """Return a data set, opened.

    Args:
        name: its name (``adbench list datasets``).
        options: edition, data (a folder), split, folds, raw, skip_bad_lines.

    Raises:
        UnknownNameError: there is no such data set.
        UsageError: there is no such option; with the nearest one.

    Example:
        >>> adbench.dataset().info.channels  # doctest: +SKIP
        ('1', '2a', '2b', '3')
    """
    return catalogue().datasets.get(name).open(dataset_options("adbench.dataset", options))


class PlainDetector:
    """A detector to be fitted and used by hand; what it sees and returns is that of a run.

    Attributes:
        detector: the detector itself.
    """

    def __init__(self, made: Detector, scores: tuple[str, ...]) -> None:
        self.detector, self._scores = made, scores

    def fit(self, train: Events, validation: Events | None = None, priors: Mapping[str, Events] | None = None) -> Self:
        """Learn from background events and return the detector; a tenth of them is held out where none is given."""
        if validation is None:
            train, validation = train[len(train) // 10 :], train[: len(train) // 10]
        named = {name: events.as_prior() for name, events in (priors or {}).items()}
        self.detector.fit(train.stripped(), validation.stripped(), named)
        return self

    def score(self, events: Events) -> NDArray[np.float64]:
        """Return the entry's score of each event, float64 (n,); higher is more anomalous."""
        return self.scores(events)[self._scores[0]]

    def scores(self, events: Events) -> dict[str, NDArray[np.float64]]:
        """Return all named scores of each event.

        Raises:
            ScoreError: the detector gives no finite number to an event.
        """
        import numpy as np

        from adbench.api import DetectorSpec
        from adbench.runs.measurement import Measurement

        measured = Measurement()
        measured.score(DetectorSpec(name="detector", target="", scores=self._scores), self.detector, "events", events)
        return {name: np.asarray(values, np.float64) for name, values in measured.samples["events"].scores.items()}


def detector(
    name: str, *, preset: str = "default", seed: int = 0, device: str = "cpu", threads: int = 1, **params: Any
) -> PlainDetector:
    """Return a detector that is not fitted yet.

    Args:
        name: its name (``adbench list detectors``).
        preset: of its parameters.
        seed: all its randomness derives from it.
        device: ``cpu`` or a torch device.
        threads: that it may use.
        params: changed parameters (``adbench show NAME``).

    Raises:
        UnknownNameError: there is no such detector, preset or parameter.
        ParameterError: a value does not fit.

    Example:
        ``scores = adbench.detector("pca").fit(events).score(events)``
    """
    spec = catalogue().detectors.get(name)
    context = RunContext(seed=seed, device=device, threads=threads)
    return PlainDetector(spec.load()(spec.resolve(preset, params), context), spec.scores)


def run(
    detectors: str | Iterable[str | Mapping[str, Any]],
    *,
    dataset: str = "darkmachines",
    channels: str | Iterable[str] = "all",
    seeds: str | int | Iterable[int] = 0,
    results: str | Path = "results",
    max_events: int | None = None,
    jobs: int | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Train detectors and store their scores, as ``adbench run`` does; return one line per run.

    What is stored already is not done again.

    Args:
        detectors: names, or mappings of a name to changed parameters: ``{"gcn_vae": {"beta": 0.5}}``; ``all`` is
            every installed one.
        dataset: name of the data set.
        channels: its channels.
        seeds: ``0``, ``"0:3"`` or a list.
        results: the results folder.
        max_events: use only the first events of each sample.
        jobs: runs at a time; one per core by default.
        options: of the data set, as for `dataset`.

    Returns:
        Columns entry, channel, seed, status, reason, seconds, key.

    Raises:
        UsageError: there is no such argument, or a number is none that counts.
        AdbenchError: a name or value is wrong, or the results folder cannot be written; a run that fails is a line.
    """
    import pandas as pd

    from adbench.executors.base import ExecutorOptions, Quiet
    from adbench.plugins import plugins
    from adbench.runs.launch import cores, launch
    from adbench.runs.plan import make_plan, open_dataset
    from adbench.runs.study import DetectorChoice, Study, parse_seeds

    chosen = []
    for item in [detectors] if isinstance(detectors, (str, Mapping)) else detectors:
        each = {item: {}} if isinstance(item, str) else item
        for name, changes in each.items():
            changed = dict(changes or {})
            chosen.append(DetectorChoice(name, str(changed.pop("preset", "default")), changed))
    chosen_options = dataset_options("adbench.run", options, inspect.signature(run).parameters.keys() - {"options"})
    text = str(seeds) if isinstance(seeds, (str, int)) else ",".join(map(str, seeds))
    study = Study(
        detectors=tuple(chosen),
        dataset=dataset,
        options=chosen_options,
        channels=names(channels),
        seeds=parse_seeds(text),
        max_events=count("max_events", max_events),
        name="run",
    )
    store = ResultsFolder(Path(results).expanduser().resolve())
    opened = open_dataset(study, catalogue())
    plan = make_plan(study, catalogue(), opened, store)
    for channel in dict.fromkeys(one.identity.channel for one in plan if one.action == "run"):
        opened.prepare(channel)
    executor = (
        catalogue().executors.get("local").load()(ExecutorOptions(count("jobs", jobs) or cores(), None, None, 0.0))
    )
    launch(study, plan, store, executor, Quiet(), plugins())
    lines = []
    for one in plan:
        stored = store.find(one.identity)
        record = None if stored is None else stored.record
        lines.append(
            {
                "entry": one.entry,
                "channel": one.identity.channel,
                "seed": one.identity.seed,
                "status": one.action if record is None else record.status,
                "reason": one.reason if record is None else record.reason,
                "seconds": None if record is None else record.timings.get("total"),
                "key": one.identity.key,
            }
        )
    return pd.DataFrame(lines)


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """A ranked comparison.

    Attributes:
        board: as `adbench.leaderboard.board.build_board` returns it.
        results: the results folder.
    """

    board: Board
    results: ResultsFolder

    @property
    def table(self) -> pd.DataFrame:
        """One line per entry, by rank: for each figure of merit the ranking's statistic, and its 68 % interval."""
        import pandas as pd

        lines = []
        for entry in self.board.entries:
            line: dict[str, Any] = {"rank": self.board.rank(entry), "entry": entry.name, "class": entry.supervision}
            for metric in self.board.shown:
                standing = entry.standings[metric.name]
                line |= {metric.name: standing.value, f"{metric.name} low": standing.low}
                line |= {f"{metric.name} high": standing.high}
            lines.append(line | {"coverage": entry.coverage, "seeds": len(entry.seeds), "fit_s": entry.fit_seconds})
        return pd.DataFrame(lines)

    @property
    def cells(self) -> pd.DataFrame:
        """One line per entry, channel, signal and figure of merit: value, 68 % interval, whether it is measured."""
        import pandas as pd

        return pd.DataFrame(
            {
                "entry": entry.name, "channel": channel, "signal": signal, "metric": metric,
                "value": cell.value, "low": cell.low, "high": cell.high, "measured": cell.measured, "note": cell.note,
            }
            for entry in self.board.entries
            for (channel, signal), figures in entry.cells.items()
            for metric, cell in figures.items()
        )  # fmt: skip

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the table must know."""
        return self.board.notes

    def plot(self, path: str | Path, kind: str = "boxes") -> Path:
        """Draw a figure of ``adbench plot --list`` as SVG or PNG, by the name of the file; return its path."""
        from adbench.leaderboard.plots import draw
        from adbench.leaderboard.plots.request import Request
        from adbench.leaderboard.stored import readable_runs
        from adbench.plotting import save_figure, styled

        request = Request(
            kind=kind,
            board=self.board,
            runs=tuple(readable_runs(self.results)[0]),
            dataset=lambda: dataset(self.board.dataset, edition=self.board.edition),
        )
        with styled():
            save_figure(draw(request), Path(path))
        return Path(path)

    def __str__(self) -> str:
        """Return the table as text."""
        return self.table.to_string(index=False)


def leaderboard(results: str | Path = "results", **choices: Any) -> Leaderboard:
    """Return the board of stored runs; `choices` are those of `adbench.leaderboard.board.build_board`.

    A single channel or figure of merit may stand without a list.

    Raises:
        UsageError: there is no such choice; with the nearest one.
        MissingError: there are no results.
        UnknownNameError: an unknown name, with the nearest known ones.

    Example:
        ``adbench.leaderboard("results", channels=["2b"], metrics=["max_si"], ranking="median").table``
    """
    known = inspect.signature(build_board).parameters.keys()
    check_known("adbench.leaderboard", choices, known - {"results"})
    choices |= {name: names(choices[name]) for name in ("channels", "metrics") if name in choices}
    store = ResultsFolder(Path(results).expanduser())
    return Leaderboard(build_board(store, **choices), store)
