"""Options of a data set as a choice among stored runs: which edition and split of theirs they mean.

A run stores a split with its number of folds behind (``k-folds-5``), and files taken as they are as an edition of its
own (``folder-raw``). Without a folder of events, ``--split k-folds``, ``--folds 5`` and ``--raw`` mean these.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import click
from click.core import ParameterSource

from adbench.api.dataset import Dataset, DatasetOptions
from adbench.api.errors import UnknownNameError
from adbench.cli.options import open_dataset
from adbench.leaderboard.selection import age, select_runs
from adbench.leaderboard.stored import readable_runs
from adbench.registry import catalogue
from adbench.runs.key import RunIdentity
from adbench.runs.store import ResultsFolder, StoredRun

__all__ = ["RAW", "asked_split", "chosen_events"]

RAW = "-raw"
"""What a data set puts behind the name of an edition whose files it takes as they are (`DatasetInfo.edition`)."""

_FOLDS = re.compile(r"\W*(\d+)\W*")


def chosen_events(
    store: ResultsFolder,
    dataset: str | None,
    options: DatasetOptions,
) -> tuple[str | None, str | None, Dataset | None]:
    """Return edition, split and opened events that the dataset options of a command mean among stored runs.

    With a folder the events are what it holds, and only runs on exactly these are meant; without one, edition and split
    are those of the newest run that fits. None = not asked for.

    Raises:
        UnknownNameError: no stored run fits, or there is no such data set.
        DataError: the folder cannot be read.
    """
    if options.data is not None:
        return None, None, open_dataset(dataset or select_runs(store).dataset, options)
    default = click.get_current_context().get_parameter_source("folds") is ParameterSource.DEFAULT
    number = None if default else options.folds
    if options.split is None and not options.raw and number is None:
        return options.edition, None, None
    runs = readable_runs(store)[0]
    return *_stored_choice(runs, dataset, options.edition, options.split, number, options.raw), None


def _stored_choice(
    runs: Sequence[StoredRun],
    dataset: str | None,
    edition: str | None,
    split: str | None,
    folds: int | None,
    raw: bool,
) -> tuple[str | None, str | None]:
    """Return edition and split as the runs store them: those of the newest run that fits; None = not asked for.

    Args:
        runs: stored runs, of any data set.
        dataset: its name; None = that of the newest run that fits.
        edition: as asked for.
        split: as asked for.
        folds: number of folds, if that was asked for.
        raw: whether files taken as they are were asked for.

    Raises:
        UnknownNameError: no stored run has this split, or is of files taken as they are; with those that there are.
    """
    ours = [run for run in runs if dataset in (None, run.record.identity.dataset)]
    if not ours:
        return edition, split
    fitting = ours
    if raw:
        asked = f"{edition or '*'}{RAW}"
        fitting = [run for run in ours if _edition(run) == asked or (edition is None and _edition(run).endswith(RAW))]
        if not fitting:
            raise UnknownNameError("edition among the results", asked, {_edition(run) for run in ours})
    elif edition is not None:
        fitting = [run for run in ours if _edition(run) == edition] or ours
    of_split = [run for run in fitting if _is_of(run, split, folds)]
    if not of_split:
        asked = " of ".join(part for part in (f"{folds} folds" if folds else "", split or "") if part)
        raise UnknownNameError("split among the results", asked, {run.record.identity.split for run in fitting})
    newest = max(of_split, key=age)
    named = newest.record.identity.split if split is not None or folds is not None else None
    return _edition(newest) if raw else edition, named


def _edition(run: StoredRun) -> str:
    return run.record.identity.edition


def _is_of(run: StoredRun, split: str | None, folds: int | None) -> bool:
    """Tell whether a run is of a split, by its stored name or by the one it is asked for with, and of so many folds."""
    stored = run.record.identity.split
    name, number = asked_split(run.record.identity)
    return split in (None, stored, name) and folds in (None, number)


def asked_split(identity: RunIdentity) -> tuple[str | None, int | None]:
    """Return the name by which the split of a run is asked for, and its number of folds; None = the data set's own."""
    specs = catalogue().datasets.specs
    for name in specs[identity.dataset].splits if identity.dataset in specs else ():
        if identity.split == name:
            return name, None
        behind = _FOLDS.fullmatch(identity.split.removeprefix(name)) if identity.split.startswith(name) else None
        if behind:
            return name, int(behind[1])
    return None, None
