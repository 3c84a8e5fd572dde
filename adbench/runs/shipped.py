"""Studies that come with adbench: those of the papers, and of the reference board."""

from __future__ import annotations

from pathlib import Path

__all__ = ["find_study", "shipped_studies"]


def shipped_studies() -> dict[str, Path]:
    """Return the files of the studies by name, ``density-ratio``.

    A wheel has them inside the package, a clone of the repository beside it.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "studies", package.parent / "studies"):
        found = {path.stem.replace("_", "-"): path for path in sorted(folder.glob("*.yaml"))}
        if found:
            return found
    return {}


def find_study(asked: Path) -> Path:
    """Return the file of a study: the file itself where it is one, else the shipped study of that name.

    Example:
        >>> find_study(Path("density-ratio")).name
        'density_ratio.yaml'
    """
    if asked.exists() or asked.suffix or len(asked.parts) != 1:
        return asked
    return shipped_studies().get(asked.name.replace("_", "-"), asked)
