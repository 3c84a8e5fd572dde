"""The command that is suggested where there are no results: it runs on the events that were asked for."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from adbench.api.dataset import Dataset

__all__ = ["asked", "asked_of", "first_run"]


def first_run(options: Sequence[str] = ()) -> str:
    """Return a command that runs one quick detector, with further options.

    Example:
        >>> first_run(["--dataset", "lhco"])
        'adbench run --detector isolation_forest --channel all --dataset lhco'
    """
    return shlex.join(["adbench", "run", "--detector", "isolation_forest", "--channel", "all", *options])


def asked(dataset: str | None, edition: str | None, split: str | None) -> list[str]:
    """Return the options of ``adbench run`` for the events that were asked for."""
    given = {"--dataset": dataset, "--edition": edition, "--split": split}
    return [word for option, value in given.items() if value is not None for word in (option, value)]


def asked_of(events: Dataset) -> list[str]:
    """Return the options of ``adbench run`` for the events of an opened data set."""
    options = events.options
    words = asked(events.info.name, options.edition, options.split)
    words += [] if options.data is None else ["--data", str(options.data)]
    words += ["--folds", str(options.folds)] if options.split is not None and events.info.folds > 1 else []
    return [*words, *(["--raw"] if options.raw else []), *(["--skip-bad-lines"] if options.skip_bad_lines else [])]
