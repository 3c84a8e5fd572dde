"""Options that several verbs share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from adbench.api import Dataset, DatasetOptions

__all__ = ["dataset_options", "make_dataset_options", "open_dataset", "plugin_file_option", "results_option"]

F = TypeVar("F", bound=Callable[..., Any])

_DATASET_OPTIONS = (
    click.option("--edition", metavar="NAME", help="Edition of the data set; the first one of its list by default."),
    click.option(
        "--data",
        metavar="DIR",
        type=click.Path(path_type=Path),
        help="Use the files of a folder in the official layout.",
    ),
    click.option(
        "--split", metavar="NAME", help="How a single background file is divided, such as 80-10-10 or k-folds."
    ),
    click.option(
        "--folds", metavar="K", type=click.IntRange(2, 100), default=5, show_default=True, help="For k-folds."
    ),
    click.option("--raw", is_flag=True, help="Take files as they are: no object cuts, no channel cuts re-applied."),
    click.option("--skip-bad-lines", is_flag=True, help="Count and report malformed lines instead of stopping."),
)


def dataset_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which events of a data set are meant; the command gets them together, as `options`."""

    @functools.wraps(function)
    def call(
        *arguments: Any,
        edition: str | None,
        data: Path | None,
        split: str | None,
        folds: int,
        raw: bool,
        skip_bad_lines: bool,
        **others: Any,
    ) -> Any:
        options = make_dataset_options(edition, data, split, folds, raw, skip_bad_lines)
        return function(*arguments, options=options, **others)

    for option in reversed(_DATASET_OPTIONS):
        call = option(call)
    return call


def plugin_file_option(function: F, also: tuple[str, ...] = ()) -> F:
    """Add ``-P FILE``, which loads plugin files before any name is looked up; `also` are further names of it."""

    def use(context: click.Context, option: click.Parameter, files: tuple[Path, ...]) -> None:
        if files:
            from adbench.registry import use_plugin_files

            use_plugin_files(files)

    return click.option(
        "-P",
        "--plugin-file",
        *also,
        metavar="FILE.py",
        type=click.Path(path_type=Path),
        multiple=True,
        is_eager=True,
        expose_value=False,
        callback=use,
        help="Use the plugins of a Python file that is not installed; repeatable.",
    )(function)


def results_option(function: F) -> F:
    """Add ``--results DIR``."""
    return click.option(
        "--results",
        metavar="DIR",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path("results"),
        show_default=True,
        help="Folder of stored results.",
    )(function)


def make_dataset_options(
    edition: str | None, data: Path | None, split: str | None, folds: int, raw: bool, skip_bad_lines: bool
) -> DatasetOptions:
    """Return the options as a data set takes them."""
    from adbench.api import DatasetOptions

    place = None if data is None else data.expanduser().resolve()
    return DatasetOptions(edition, place, split, folds, raw, skip_bad_lines)


def open_dataset(name: str, options: DatasetOptions) -> Dataset:
    """Return a data set by name; raises UnknownNameError or DataError."""
    from adbench.registry import catalogue

    return catalogue().datasets.get(name).open(options)
