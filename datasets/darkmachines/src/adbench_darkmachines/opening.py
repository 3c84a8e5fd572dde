"""Which files a user's choice means: the bundled sample, an official edition on this disk, or a folder of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from adbench.api.dataset import DatasetOptions
from adbench.api.errors import MissingError, UnknownNameError, UsageError
from adbench_darkmachines.channel_files import ChannelFiles
from adbench_darkmachines.editions import EDITIONS, edition_folder, fetch_command
from adbench_darkmachines.layout import Layout, find_files, find_unlabelled
from adbench_darkmachines.notes import SECRET, no_background_of_secret
from adbench_darkmachines.per_process import incomplete
from adbench_darkmachines.splits import BY_PROCESS, SPLITS

__all__ = ["FOLDER", "SAMPLE", "Opened", "opened"]

SAMPLE: Final = Path(__file__).parent / "sample"
FOLDER: Final = "folder"
"""Name of the edition of a user's own files."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The files that a user's choice means.

    Attributes:
        edition: name of the edition; ``folder`` for a user's own files.
        layout: the files.
        splits: how one background can be divided, and what each means; empty where files come divided.
    """

    edition: str
    layout: Layout
    splits: Mapping[str, str]


def opened(options: DatasetOptions) -> Opened:
    """Return the files that a user's choice means.

    Raises:
        UnknownNameError: no such edition.
        UsageError: no such folder, or files of the full generation without a selection.
        MissingError: the edition is not on this disk.
        DataError: the folder has no background.
    """
    if options.data is not None:
        return _described(FOLDER, find_files(Path(options.data).expanduser()), options)
    edition = options.edition or "sample"
    if edition == "sample":
        if not SAMPLE.is_dir():
            msg = f"edition sample of darkmachines is not installed ({SAMPLE}); give a folder with --data"
            raise MissingError(msg)
        return _described(edition, find_files(SAMPLE), options)
    layout = _secret(options) if edition == "secret" else find_files(edition_on_disk(edition, options))
    if not layout.per_process:
        layout = replace(layout, notes=(*incomplete(layout.channels), *layout.notes))
    return _described(edition, layout, options)


def _secret(options: DatasetOptions) -> Layout:
    """Return the unlabelled files beside the background of the hackathon, which detectors are trained on."""
    secret = edition_on_disk("secret", options)
    unlabelled = find_unlabelled(secret)
    hackathon = find_files(edition_on_disk("hackathon", options)).channels
    both = {
        name: ChannelFiles(hackathon[name].background, {}, unlabelled[name]) for name in hackathon if name in unlabelled
    }
    if not both:
        msg = f"{secret} has unlabelled events of channel {', '.join(unlabelled)}, but no background of them is here; "
        msg += f"get it with: {fetch_command('hackathon')} --channel {next(iter(unlabelled))}"
        raise MissingError(msg)
    without = [no_background_of_secret(name) for name in unlabelled if name not in both]
    return Layout(both, notes=(SECRET, *without))


def edition_on_disk(edition: str, options: DatasetOptions) -> Path:
    """Return the folder of an official edition; raise MissingError that names the command that gets it."""
    if edition not in EDITIONS:
        raise UnknownNameError("edition of darkmachines", edition, ("sample", *EDITIONS))
    folder = edition_folder(edition, options.cache)
    if not folder.is_dir():
        msg = f"edition {edition} of darkmachines is not on this disk ({folder}); get it with: {fetch_command(edition)}"
        raise MissingError(msg)
    return folder


def _described(edition: str, layout: Layout, options: DatasetOptions) -> Opened:
    if layout.own_split:
        return Opened(edition, layout, MappingProxyType({}))
    if not layout.per_process:
        return Opened(edition, layout, SPLITS)
    if options.raw:
        msg = (
            "files of the full generation hold the events of every channel, so the channels' selection cannot be left "
        )
        msg += "out: leave out --raw"
        raise UsageError(msg)
    return Opened(edition, layout, {name: SPLITS[name] for name in BY_PROCESS})
