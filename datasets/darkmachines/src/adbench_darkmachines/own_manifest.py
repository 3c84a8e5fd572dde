"""What our own generator wrote beside its events: which file is what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adbench.api.errors import DataError
from adbench_darkmachines.channel_files import PARTS, ChannelFiles, published_first

__all__ = ["MANIFEST", "files_of_manifest", "read_manifest"]

MANIFEST = "manifest.json"
MANIFEST_SCHEMA = 1


def read_manifest(path: Path) -> dict[str, Any] | None:
    """Return a manifest of ours; None where there is none or another program's. Raises DataError for a damaged one."""
    if not path.is_file():
        return None
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        msg = f"cannot read {path}: {error}"
        raise DataError(msg) from error
    if not isinstance(manifest, dict) or "channels" not in manifest:
        return None  # another program's manifest
    if manifest.get("schema") != MANIFEST_SCHEMA:
        msg = f"{path} has schema {manifest.get('schema')}; expected {MANIFEST_SCHEMA}"
        raise DataError(msg)
    return manifest


def files_of_manifest(folder: Path, manifest: Mapping[str, Any]) -> dict[str, ChannelFiles]:
    """Return the files by channel that a manifest lists; raises DataError where a background is missing."""
    channels = {}
    try:
        for channel, listed in manifest["channels"].items():
            background = {part: folder / listed["background"][part]["file"] for part in PARTS}
            signals = {name: folder / entry["file"] for name, entry in listed["signals"].items()}
            for path in background.values():
                if not path.is_file():
                    msg = f"{path} is not there, but {folder / MANIFEST} lists it"
                    raise DataError(msg)
            present = {name: path for name, path in signals.items() if path.is_file()}
            channels[channel] = ChannelFiles(background, published_first(channel, present))
    except (KeyError, TypeError, AttributeError) as error:
        msg = f"{folder / MANIFEST} is not complete: {error!r}"
        raise DataError(msg) from error
    return channels
