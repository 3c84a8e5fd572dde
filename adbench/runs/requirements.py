"""Which of a detector's requirements are not installed, found without importing them."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from packaging.requirements import Requirement

__all__ = ["missing_requirements"]


def missing_requirements(requires: Iterable[str]) -> list[str]:
    """Return the requirements that are absent or too old, as written.

    Example:
        >>> missing_requirements(["numpy", "no-such-thing>=2"])
        ['no-such-thing>=2']
    """
    return [text for text in requires if not _is_met(Requirement(text))]


def _is_met(requirement: Requirement) -> bool:
    try:
        return requirement.specifier.contains(version(requirement.name), prereleases=True)
    except PackageNotFoundError:
        return False
