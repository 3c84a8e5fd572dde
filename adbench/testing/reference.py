"""Where tests find real events and published numbers, which are never part of the repository."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

__all__ = ["find_reference_data", "reference_data"]

_VARIABLE = "ADBENCH_REFERENCE_DATA"


def reference_data(*parts: str) -> Path:
    """Return the path of a reference file or folder; skip the running test, with the reason, when it is not there.

    Looked for in the folder that the environment variable ``ADBENCH_REFERENCE_DATA`` names, and otherwise
    in ``../shared/data`` beside the project root.

    Example:
        ``reference_data("darkmachines_published", "AE.csv")``
    """
    found = find_reference_data(*parts)
    if found is None:
        import pytest

        pytest.skip(
            f"needs reference data {'/'.join(parts) or '(any)'}: set {_VARIABLE} to the folder that holds it, "
            "or place it in ../shared/data beside the project root"
        )
    return found


def find_reference_data(*parts: str) -> Path | None:
    """Return the path of a reference file or folder, or None when it is not there."""
    for folder in _folders():
        path = folder.joinpath(*parts)
        if path.exists():
            return path
    return None


def _folders() -> Iterator[Path]:
    chosen = os.environ.get(_VARIABLE)
    if chosen:
        yield Path(chosen)
        return
    here = Path.cwd().resolve()
    for root in (*Path(__file__).resolve().parents, here, *here.parents):
        if (root / "pyproject.toml").is_file():
            yield root.parent / "shared" / "data"
