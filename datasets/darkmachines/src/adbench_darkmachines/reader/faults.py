"""What is wrong with a line, in words: the field, what was expected, what was found."""

from __future__ import annotations

from adbench_darkmachines.reader.kernel import HEAD_FIELDS, MAX_OBJECTS, OBJECT_FIELDS
from adbench_darkmachines.selection import SYMBOLS

__all__ = ["explain"]

HEAD = (
    ("event id", "an integer of at most 18 digits"),
    ("process", "a name"),
    ("weight", "a finite number"),
    ("MET", "a number of at least 0, in MeV"),
    ("METphi", "an angle from -pi to pi"),
)
OBJECT = (
    ("symbol", f"one of {', '.join(SYMBOLS)}, mu-, mu+"),
    ("E", "a positive number in MeV, at least pT"),
    ("pT", "a positive number in MeV"),
    ("eta", "a number from -10 to 10"),
    ("phi", "an angle from -pi to pi"),
)
LONGEST_QUOTE = 40


def explain(fault: int, text: bytes, line_start: int, at: int) -> str:
    """Return one phrase for a fault of `kernel.parse`.

    Args:
        fault: 1 + 2 field for a bad value, 2 + 2 field for what follows a good one.
        text: the block of lines.
        line_start: offset of the line in it.
        at: offset of the fault in it.
    """
    field, follows = divmod(fault - 1, 2)
    found = _quote(text, at)
    if text[line_start : text.index(b"\n", line_start)].strip() == b"":
        return "an empty line; expected an event"
    if field >= HEAD_FIELDS + OBJECT_FIELDS * MAX_OBJECTS:
        return f"more than {MAX_OBJECTS} objects; expected one event"
    name, expected = _field(field)
    if follows:
        return f"expected ';' or the end of the line after {name}, found {found}"
    return f"{name}: expected {expected}, found {found}"


def _field(field: int) -> tuple[str, str]:
    if field < HEAD_FIELDS:
        return HEAD[field]
    number, part = divmod(field - HEAD_FIELDS, OBJECT_FIELDS)
    name, expected = OBJECT[part]
    return f"{name} of object {number + 1}", expected


def _quote(text: bytes, at: int) -> str:
    """Return what stands in the field at this place; a separator where the field is missing."""
    end = at
    while text[end] not in b";,\r\n":
        end += 1
    if end == at:
        return "the end of the line" if text[at] in b"\r\n" else f"'{chr(text[at])}'"
    quoted = text[at : min(end, at + LONGEST_QUOTE)].decode("ascii", "backslashreplace")
    return repr(quoted) + ("..." if end - at > LONGEST_QUOTE else "")
