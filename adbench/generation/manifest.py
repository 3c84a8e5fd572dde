"""What is written beside generated events: how they were made, and which file is what."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from adbench.api.errors import DataError
from adbench.data.cache import write_atomically

__all__ = ["MANIFEST", "origin", "read_manifest", "software", "write_manifest"]

MANIFEST = "manifest.json"


def software() -> dict[str, str]:
    """Return the versions of what makes events."""
    return {
        **{name: version(name) for name in ("pythia8mc", "fastjet", "awkward", "numpy")},
        "python": platform.python_version(),
    }


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest of a folder."""
    write_atomically(folder / MANIFEST, json.dumps(manifest, indent=1) + "\n")


def read_manifest(folder: Path, schema: int, needed: str) -> dict[str, Any] | None:
    """Return the manifest of a folder, None where there is none.

    Args:
        folder: of the events.
        schema: version of its form.
        needed: an entry that it must have.

    Raises:
        DataError: it is damaged or of another form.
    """
    path = folder / MANIFEST
    if not path.is_file():
        return None
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        msg = f"cannot read {path}: {error}"
        raise DataError(msg) from error
    if not isinstance(manifest, dict) or manifest.get("schema") != schema or needed not in manifest:
        msg = f"{path} is not a manifest of schema {schema} with '{needed}'; make the events anew: adbench datasets "
        raise DataError(msg + "generate")
    return manifest


def origin(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Return where generated events come from, in lines."""
    versions = ", ".join(f"{name} {number}" for name, number in manifest.get("software", {}).items())
    return (
        f"this plugin's generator, seed {manifest.get('seed')}",
        *([versions] if versions else []),
        f"settings, cross-sections and hashes: {MANIFEST} beside the events",
    )
