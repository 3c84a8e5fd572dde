"""What a check says: pass, fail or skipped, why, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Fault", "Outcome", "Skipped"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one check.

    Attributes:
        check: name of the check.
        status: how it ended.
        reason: one line: what was seen.
        fix: one line: what an author changes; empty unless it failed.
        traceback: of the exception that the plugin raised; empty where it raised none.
    """

    check: str
    status: Literal["pass", "fail", "skipped"]
    reason: str
    fix: str = ""
    traceback: str = ""


class Fault(Exception):  # noqa: N818  a finding about a plugin, not an error of ours
    """A plugin breaks the contract."""

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(reason)
        self.reason, self.fix = " ".join(reason.split()), " ".join(fix.split())


class Skipped(Exception):  # noqa: N818  no error either
    """A check does not apply, or nothing is left to look at."""
