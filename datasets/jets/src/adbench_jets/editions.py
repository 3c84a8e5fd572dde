"""The editions of the jets: the bundled sample, the public top-tagging set, a folder of the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from adbench.api.dataset import DatasetOptions
from adbench.api.errors import DataError, UsageError
from adbench.data.editions import chosen_folder
from adbench.generation.manifest import MANIFEST, read_manifest
from adbench_jets.card import CLASSES, NAME

__all__ = ["EDITIONS", "MANIFEST_SCHEMA", "PUBLIC_FILES", "RECORD", "SAMPLE", "Opened", "opened"]

SAMPLE: Final = Path(__file__).parent / "sample"
MANIFEST_SCHEMA: Final = 1
EDITIONS: Final = ("sample", "top-tagging")
RECORD: Final = "2603256"
"""Zenodo's number of the public top-tagging reference set (arXiv:1902.09914)."""
PUBLIC_FILES: Final[Mapping[str, str]] = {"train": "train.h5", "validation": "val.h5", "test": "test.h5"}
"""Its files by part."""
FETCH: Final = "adbench datasets fetch jets"


@dataclass(frozen=True, slots=True)
class Opened:
    """The files that a user's choice means.

    Attributes:
        edition: its name; ``folder`` for a user's own files.
        folder: where they are.
        manifest: what our generator wrote beside them; empty for the public set.
        classes: file of each class of ours, or of each part of the public set.
    """

    edition: str
    folder: Path
    manifest: Mapping[str, Any] = field(default_factory=dict)
    classes: Mapping[str, Path] = field(default_factory=dict)
    public: Mapping[str, Path] = field(default_factory=dict)


def opened(options: DatasetOptions) -> Opened:
    """Return the files that a user's choice means.

    Raises:
        UnknownNameError: no such edition.
        UsageError: no such folder, or another split than the files' own.
        MissingError: the edition is not on this disk.
        DataError: the folder holds neither form.
    """
    if options.split is not None:
        msg = f"{NAME} comes divided into train, validation and test; leave --split out"
        raise UsageError(msg)
    edition, folder = chosen_folder(NAME, options, EDITIONS, SAMPLE, lambda name: FETCH)
    manifest = read_manifest(folder, MANIFEST_SCHEMA, "classes")
    if manifest is not None:
        classes = {name: folder / manifest["classes"][name]["file"] for name in CLASSES if name in manifest["classes"]}
        return Opened(edition, folder, manifest, classes=classes)
    public = {part: folder / name for part, name in PUBLIC_FILES.items()}
    missing = [path.name for path in public.values() if not path.is_file()]
    if missing:
        msg = (
            f"{folder} has no {MANIFEST} of the generator and lacks {', '.join(missing)} of the top-tagging set; make "
        )
        msg += f"jets with: adbench datasets generate jets --out DIR, or get the public ones: {FETCH}"
        raise DataError(msg)
    return Opened(edition, folder, public=public)
