"""Which folder a user's choice means: the bundled sample, a published edition on this disk, or one of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from adbench.api.dataset import DatasetOptions
from adbench.api.errors import MissingError, UnknownNameError, UsageError
from adbench.data.cache import default_cache

__all__ = ["FOLDER", "chosen_folder", "published_folder"]

FOLDER = "folder"
"""Name of the edition of a user's own files."""


def published_folder(dataset: str, edition: str, cache: Path | None = None) -> Path:
    """Return the folder of a published edition, whether it is there or not."""
    return (default_cache() if cache is None else cache) / dataset / edition


def chosen_folder(
    dataset: str, options: DatasetOptions, editions: Sequence[str], sample: Path, fetch: Callable[[str], str]
) -> tuple[str, Path]:
    """Return the name of the edition and the folder of its files.

    Args:
        dataset: name of the data set.
        options: the user's choice.
        editions: all names; the first is the bundled sample and the default.
        sample: folder of the bundled sample.
        fetch: from an edition to the command that gets it.

    Raises:
        UnknownNameError: no such edition.
        UsageError: no such folder.
        MissingError: the edition is not on this disk.
    """
    if options.data is not None:
        folder = Path(options.data).expanduser()
        if not folder.is_dir():
            msg = f"no folder {folder}"
            raise UsageError(msg)
        return FOLDER, folder
    edition = options.edition or editions[0]
    if edition not in editions:
        raise UnknownNameError(f"edition of {dataset}", edition, editions)
    if edition == editions[0]:
        if not sample.is_dir():
            msg = f"edition {edition} of {dataset} is not installed ({sample}); give a folder with --data"
            raise MissingError(msg)
        return edition, sample
    folder = published_folder(dataset, edition, options.cache)
    if not folder.is_dir():
        msg = f"edition {edition} of {dataset} is not on this disk ({folder}); get it with: {fetch(edition)}"
        raise MissingError(msg)
    return edition, folder
