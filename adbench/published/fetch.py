"""The files of a publication: downloaded from its pinned commit, or found in a folder and compared with it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from adbench.api.errors import MissingError
from adbench.published.source import Source

__all__ = ["differing_files", "fetch"]


def fetch(source: Source, cache: Path) -> Path:
    """Download the files of a publication unless they are in a cache already; return their folder.

    Args:
        source: the publication.
        cache: folder of downloads; the files go into a folder of it that is named by source and commit.

    Raises:
        MissingError: a file cannot be downloaded, or has another content than that of the pinned commit.
    """
    import pooch
    import requests

    folder = cache / f"{source.name}-{source.commit[:8]}"
    files = pooch.create(
        path=folder,
        base_url=f"https://raw.githubusercontent.com/{source.repository}/{source.commit}/{source.folder}/",
        registry={name: f"sha256:{digest}" for name, digest in source.files.items()},
    )
    pooch.get_logger().setLevel("WARNING")
    for name in source.files:
        try:
            files.fetch(name)
        except (requests.RequestException, OSError, ValueError) as error:
            why = " ".join(str(error).split())
            msg = (
                f"{name} of {source.name} cannot be downloaded: {why}. Clone "
                f"https://github.com/{source.repository} at {source.commit[:8]} where there is a network, and then: "
                f"adbench results import {source.name} --from {source.repository.split('/')[-1]}/{source.folder}"
            )
            raise MissingError(msg) from error
    return folder


def differing_files(source: Source, folder: Path) -> list[str]:
    """Return the names of the files of a folder whose content is not that of the pinned commit."""
    different = []
    for name, digest in source.files.items():
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            different.append(name)
    return different
