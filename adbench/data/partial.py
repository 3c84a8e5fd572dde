"""A file of which a part is here: ``NAME.part`` and, beside it, where it came from and what it should become."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from adbench.data.cache import write_atomically

__all__ = ["Origin", "Partial"]


@dataclass(frozen=True, slots=True)
class Origin:
    """What a partial file is a part of.

    Attributes:
        url: where its bytes came from.
        validator: strong ETag or Last-Modified of the whole there; empty where the server states none.
        size: bytes of the whole; None where nobody says.
        checksum: of the whole, as ``md5:...``.
    """

    url: str
    validator: str
    size: int | None
    checksum: str


@dataclass(frozen=True, slots=True)
class Partial:
    """The part of a file that is here.

    Attributes:
        target: path of the whole.
    """

    target: Path

    @property
    def path(self) -> Path:
        """The bytes that are here."""
        return self.target.with_name(f"{self.target.name}.part")

    @property
    def note(self) -> Path:
        """The origin, as JSON."""
        return self.target.with_name(f"{self.target.name}.part.json")

    def size(self) -> int:
        """Return how many bytes are here."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def origin(self) -> Origin | None:
        """Return what these bytes are a part of; None where that cannot be told."""
        try:
            return Origin(**json.loads(self.note.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def begin(self, origin: Origin) -> None:
        """Drop what is here and note the origin of what comes."""
        self.discard()
        write_atomically(self.note, json.dumps(asdict(origin)))

    def discard(self) -> None:
        """Remove what is here."""
        for path in (self.path, self.note):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()

    def usable(self, checksum: str) -> bool:
        """Tell whether bytes are here that belong to the content of this checksum."""
        origin = self.origin()
        return self.size() > 0 and origin is not None and origin.checksum == checksum
