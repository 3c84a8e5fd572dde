"""The editions: the bundled sample, the public files, a folder of the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from adbench.api.dataset import DatasetOptions
from adbench.api.errors import UsageError
from adbench.data.editions import chosen_folder
from adbench.generation.manifest import read_manifest
from adbench_lhco.card import NAME

__all__ = ["EDITIONS", "MANIFEST_SCHEMA", "PUBLIC", "SAMPLE", "Edition", "Opened", "fetch_command", "opened"]

SAMPLE: Final = Path(__file__).parent / "sample"
MANIFEST_SCHEMA: Final = 1


@dataclass(frozen=True, slots=True)
class Edition:
    """Public files that are used together.

    Attributes:
        files: names by number of the Zenodo record; the first is the background.
        summary: one line.
    """

    files: Mapping[str, tuple[str, ...]]
    summary: str


_RD: Final = "4536377"
_BOXES: Final = "4536624"
PUBLIC: Final[Mapping[str, Edition]] = MappingProxyType(
    {
        "rd-features": Edition(
            {_RD: ("events_anomalydetection_v2.features.h5", "events_anomalydetection_Z_XY_qqq.features.h5")},
            "observables of the R&D events as published: R = 1.0, mass, tau21 and tau32 of each jet",
        ),
        "rd": Edition(
            {_RD: ("events_anomalydetection_v2.h5", "events_anomalydetection_Z_XY_qqq.h5")},
            "particles of the R&D events, clustered here: R = 0.8, all observables",
        ),
        "black-boxes": Edition(
            {
                _BOXES: (
                    "events_LHCO2020_backgroundMC_Pythia.h5",
                    "events_LHCO2020_BlackBox1.h5",
                    "events_LHCO2020_BlackBox2.h5",
                    "events_LHCO2020_BlackBox3.h5",
                ),
                _RD: ("events_anomalydetection_v2.h5",),
            },
            "particles of the three black boxes and their background, clustered here; signals of the R&D events",
        ),
    }
)
"""Records and names of the public files (arXiv:2101.08320)."""
EDITIONS: Final = ("sample", *PUBLIC)


@dataclass(frozen=True, slots=True)
class Opened:
    """The files that a user's choice means.

    Attributes:
        edition: its name; ``folder`` for a user's own files.
        folder: where they are.
        manifest: what our generator wrote beside them; empty for public files.
    """

    edition: str
    folder: Path
    manifest: Mapping[str, Any] = field(default_factory=dict)


def fetch_command(name: str) -> str:
    """Return the command that gets an edition."""
    return f"adbench datasets fetch {NAME} --edition {name}"


def opened(options: DatasetOptions) -> Opened:
    """Return the files that a user's choice means.

    Raises:
        UnknownNameError: no such edition.
        UsageError: no such folder, or another split than the files' own.
        MissingError: the edition is not on this disk.
        DataError: a damaged manifest.
    """
    if options.split is not None:
        msg = f"{NAME} has one split of its own; leave --split out"
        raise UsageError(msg)
    edition, folder = chosen_folder(NAME, options, EDITIONS, SAMPLE, fetch_command)
    return Opened(edition, folder, read_manifest(folder, MANIFEST_SCHEMA, "background") or {})
