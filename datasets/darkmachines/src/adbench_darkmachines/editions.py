"""The official editions of the events: which record holds them, which files, whose they are, and where they go.

Numbers of records and names of files are those of the papers and of readers of the complete data (arXiv:2105.14027,
sections 2 and 6). Sizes and checksums are not written down here: a record states them, and they are read from it
whenever something is fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from adbench.api.errors import UnknownNameError
from adbench.data.cache import default_cache

__all__ = ["CITATION", "EDITIONS", "Edition", "edition_folder", "edition_of", "fetch_command"]

CITATION: Final = "T. Aarrestad et al., SciPost Phys. 12, 043 (2022), arXiv:2105.14027"


@dataclass(frozen=True, slots=True)
class Edition:
    """One publication of events.

    Attributes:
        name: how it is called with ``--edition``.
        record: number of its record on Zenodo.
        files: names of the archives that are needed.
        by_channel: whether each file belongs to one channel, so that channels can be chosen.
        summary: one line on what it is.
        licence: as far as it is known without the record.
    """

    name: str
    record: str
    files: tuple[str, ...]
    by_channel: bool
    summary: str
    licence: str = "as stated in the record"

    @property
    def doi(self) -> str:
        """Digital object identifier of the record."""
        return f"10.5281/zenodo.{self.record}"


_ALL: Final = (
    Edition(
        "hackathon",
        "3961917",
        ("training_files.tar",),
        True,
        "background and labelled signals of the four channels",
        "CC BY 4.0",
    ),
    Edition("secret", "4443151", ("secret_data.tar",), True, "unlabelled events of the four channels"),
    Edition("full", "3685861", ("sm.tgz", "bsm.tgz"), False, "all generated events by process, before any selection"),
)

EDITIONS: Final[Mapping[str, Edition]] = MappingProxyType({edition.name: edition for edition in _ALL})
"""The editions that can be fetched, by name."""


def edition_of(name: str) -> Edition:
    """Return an edition by its name; an unknown one raises UnknownNameError with the nearest."""
    if name not in EDITIONS:
        raise UnknownNameError("edition of darkmachines to fetch", name, EDITIONS)
    return EDITIONS[name]


def edition_folder(name: str, cache: Path | None = None) -> Path:
    """Return the folder of an edition's files, whether they are there or not.

    Args:
        name: of the edition.
        cache: folder of everything that can be made or fetched again; the user's own by default.
    """
    return (default_cache() if cache is None else cache) / "darkmachines" / name


def fetch_command(name: str) -> str:
    """Return the command that gets an edition."""
    return f"adbench datasets fetch darkmachines --edition {name}"
