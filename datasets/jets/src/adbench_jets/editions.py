"""The editions of the jets: the bundled sample, the public top-tagging set, a folder of the user's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from adbench.api.dataset import DatasetOptions
from adbench.api.errors import DataError, MissingError, UnknownNameError, UsageError
from adbench.data.cache import default_cache
from adbench_jets.card import CLASSES, NAME

__all__ = ["EDITIONS", "MANIFEST", "PUBLIC_FILES", "RECORD", "SAMPLE", "Opened", "edition_folder", "opened"]

SAMPLE: Final = Path(__file__).parent / "sample"
MANIFEST: Final = "manifest.json"
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


def edition_folder(cache: Path | None = None) -> Path:
    """Return the folder of the public set, whether it is there or not."""
    return (default_cache() if cache is None else cache) / NAME / "top-tagging"


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
    if options.data is not None:
        return _folder("folder", Path(options.data).expanduser())
    edition = options.edition or EDITIONS[0]
    if edition not in EDITIONS:
        raise UnknownNameError(f"edition of {NAME}", edition, EDITIONS)
    if edition == "sample":
        return _folder(edition, SAMPLE)
    folder = edition_folder(options.cache)
    if not folder.is_dir():
        msg = f"edition {edition} of {NAME} is not on this disk ({folder}); get it with: {FETCH}"
        raise MissingError(msg)
    return _folder(edition, folder)


def _folder(edition: str, folder: Path) -> Opened:
    if not folder.is_dir():
        msg = f"no folder {folder}"
        raise UsageError(msg)
    if (folder / MANIFEST).is_file():
        manifest = read_manifest(folder / MANIFEST)
        classes = {name: folder / manifest["classes"][name]["file"] for name in CLASSES if name in manifest["classes"]}
        return Opened(edition, folder, manifest, classes=classes)
    public = {part: folder / name for part, name in PUBLIC_FILES.items()}
    missing = [path.name for path in public.values() if not path.is_file()]
    if missing:
        msg = f"{folder} has no {MANIFEST} of the generator and lacks {', '.join(missing)} of the top-tagging set; "
        raise DataError(
            msg + f"make jets with: adbench datasets generate jets --out DIR, or get the public ones: {FETCH}"
        )
    return Opened(edition, folder, public=public)


def read_manifest(path: Path) -> dict[str, Any]:
    """Return our generator's manifest; raise DataError where it is damaged or of another schema."""
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        msg = f"cannot read {path}: {error}"
        raise DataError(msg) from error
    if not isinstance(manifest, dict) or manifest.get("schema") != MANIFEST_SCHEMA or "classes" not in manifest:
        msg = f"{path} is not a manifest of jets of schema {MANIFEST_SCHEMA}"
        raise DataError(msg)
    return manifest
