"""From bytes to numbers in one pass that checks every field.

`parse` does not raise: a line that breaks the format is marked with the field and the place, and what it held is
taken back. Its parts stay in this one file: numba's cache watches the file of the function that is called, and
would go on using old machine code if a part in another file changed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from adbench_darkmachines.reader.compiled import compiled

__all__ = ["HEAD_FIELDS", "MAX_OBJECTS", "OBJECT_FIELDS", "parse"]

HEAD_FIELDS = 5  # event id; process; weight; MET; METphi
OBJECT_FIELDS = 5  # symbol, E, pT, eta, phi
MAX_OBJECTS = 100  # per event; beyond it a line is no event, and padding would fill the memory

FLOAT32_MAX = float(np.finfo(np.float32).max)
PI = 3.1416  # files carry six digits: an angle may be rounded past pi
MAX_ETA = 10.0  # more than the rapidity of a 13 TeV beam proton
MIN_E_OVER_PT = 0.999  # E >= pT up to rounding; a swapped column falls below
MEV = -3  # decimal exponent that turns MeV into GeV

NEWLINE, RETURN, SEMICOLON, COMMA, MINUS, PLUS, POINT, ZERO, SPACE = map(ord, "\n\r;,-+.0 ")
SMALL_J, SMALL_B, SMALL_E, SMALL_M, SMALL_U, SMALL_G, CAPITAL_E = map(ord, "jbemugE")
MOST_DIGITS = 10**17  # what follows is below the precision of a double
POWERS = 10.0 ** np.arange(23)  # exact in double precision


@compiled
def _ends(c: int) -> bool:
    return c in (NEWLINE, RETURN, SEMICOLON, COMMA)


@compiled
def _line_ends(text: NDArray[np.uint8], at: int) -> bool:
    return bool(text[at] == NEWLINE or (text[at] == RETURN and text[at + 1] == NEWLINE))


@compiled
def _number(text: NDArray[np.uint8], at: int, exponent: int) -> tuple[float, int, bool]:
    """Return (number times 10^exponent, end, valid). Up to 15 digits and 10^+-22 the double is exact."""
    negative = text[at] == MINUS
    if negative:
        at += 1
    first, point, mantissa = at, -1, 0
    while True:
        digit = text[at] - ZERO
        if 0 <= digit <= 9:
            if mantissa < MOST_DIGITS:
                mantissa = mantissa * 10 + digit
            else:
                exponent += 1
        elif text[at] == POINT and point < 0:
            point = at
        else:
            break
        at += 1
    valid = at > first
    if point >= 0:
        valid = at > first + 1
        exponent -= at - point - 1
    if valid and text[at] in (SMALL_E, CAPITAL_E):
        at += 1
        below = text[at] == MINUS
        if below or text[at] == PLUS:
            at += 1
        power, valid = 0, False
        digit = text[at] - ZERO
        while 0 <= digit <= 9:
            valid = True
            power = min(power * 10 + digit, 9999)
            at += 1
            digit = text[at] - ZERO
        exponent += -power if below else power
    value = float(mantissa)
    if mantissa != 0:
        while exponent > 22 and value < 1e60:
            value *= 1e22
            exponent -= 22
        while exponent < -22 and value > 1e-60:
            value /= 1e22
            exponent += 22
        if exponent > 22:
            value = np.inf
        elif exponent < -22:
            value = 0.0
        else:
            value = value * POWERS[exponent] if exponent >= 0 else value / POWERS[-exponent]
    return -value if negative else value, at, valid and _ends(text[at])


@compiled
def _integer(text: NDArray[np.uint8], at: int) -> tuple[int, int, bool]:
    negative = text[at] == MINUS
    if negative:
        at += 1
    first, value = at, 0
    while 0 <= text[at] - ZERO <= 9 and at - first < 18:
        value = value * 10 + (text[at] - ZERO)
        at += 1
    return -value if negative else value, at, at > first and _ends(text[at])


@compiled
def _kind(text: NDArray[np.uint8], at: int) -> tuple[int, int]:
    """Return (kind, end) of an object symbol; kind 0 = unknown. mu- and mu+ are other names of m- and m+."""
    first = text[at]
    if _ends(first):
        return 0, at
    second = text[at + 1]
    if _ends(second):
        kind = 1 if first == SMALL_J else 2 if first == SMALL_B else 7 if first == SMALL_G else 0
        return kind, at + 1
    if first == SMALL_E and second in (MINUS, PLUS):
        return (3 if second == MINUS else 4), at + 2
    if first == SMALL_M:
        end = at + 2 if second == SMALL_U else at + 1
        if text[end] in (MINUS, PLUS):
            return (5 if text[end] == MINUS else 6), end + 1
    return 0, at


@compiled
def _head(
    text: NDArray[np.uint8], at: int, i: int, process: NDArray[np.uint64], numbers: NDArray[np.float32]
) -> tuple[int, int, int]:
    """Read weight, MET [GeV] and METphi of event i into `numbers`; return (event id, end, fault)."""
    event, end, valid = _integer(text, at)
    if not valid:
        return 0, at, 1
    if text[end] != SEMICOLON:
        return 0, end, 3 if _line_ends(text, end) else 2
    at = end + 1
    end, name = at, np.uint64(14695981039346656037)  # the 64-bit hash of Fowler, Noll and Vo (FNV-1a)
    while text[end] > SPACE and not _ends(text[end]):
        name = (name ^ np.uint64(text[end])) * np.uint64(1099511628211)
        end += 1
    if end == at or not _ends(text[end]):
        return 0, at, 3
    process[i] = name
    for field in range(2, HEAD_FIELDS):
        if text[end] != SEMICOLON:
            return 0, end, 1 + 2 * field if _line_ends(text, end) else 2 * field
        at = end + 1
        value, end, valid = _number(text, at, MEV if field == 3 else 0)
        low = 0.0 if field == 3 else (-PI if field == 4 else -FLOAT32_MAX)
        high = PI if field == 4 else FLOAT32_MAX
        if not (valid and low <= value <= high):
            return 0, at, 1 + 2 * field
        numbers[i, field - 2] = value
    return event, end, 0


@compiled
def _object(text: NDArray[np.uint8], at: int, m: int, objects: NDArray[np.float32]) -> tuple[int, int, int]:
    """Read object m: E, pT [GeV], eta, phi [rad]; return (kind, end, fault counted from its first field)."""
    kind, end = _kind(text, at)
    if kind == 0 or not _ends(text[end]):
        return 0, at, 1
    start_of_energy = end + 1
    for field in range(1, OBJECT_FIELDS):
        if text[end] != COMMA:
            return 0, end, 1 + 2 * field
        at = end + 1
        value, end, valid = _number(text, at, MEV if field <= 2 else 0)
        bound = FLOAT32_MAX if field <= 2 else (MAX_ETA if field == 3 else PI)
        if not (valid and -bound <= value <= bound):
            return 0, at, 1 + 2 * field
        objects[m, field - 1] = value
        if field <= 2 and not objects[m, field - 1] > 0.0:
            return 0, at, 1 + 2 * field
    if objects[m, 0] < MIN_E_OVER_PT * objects[m, 1]:
        return 0, start_of_energy, 3
    return kind, end, 0


@compiled
def parse(text: NDArray[np.uint8], n_lines: int, n_objects: int) -> Any:
    """Read a block of whole lines; the last byte must be a newline.

    Args:
        text: uint8 bytes of the block.
        n_lines: number of lines in it.
        n_objects: at least the number of objects in it (a quarter of its commas).

    Returns:
        event id int64 (n,), hash of the process uint64 (n,), offset of the line int64 (n,), weight, MET [GeV],
        METphi float32 (n, 3), first object of each event int64 (n + 1,), objects float32 (m, 4), kinds int8 (m,),
        fault int32 (n,), its offset int64 (n,). A fault is 0, or 1 + 2 field for a bad value and 2 + 2 field
        for what follows it; the fields of a line are counted from 0, five for the head and five per object.
    """
    event = np.zeros(n_lines, np.int64)
    process = np.zeros(n_lines, np.uint64)
    line = np.zeros(n_lines, np.int64)
    numbers = np.zeros((n_lines, 3), np.float32)
    first = np.zeros(n_lines + 1, np.int64)
    objects = np.zeros((n_objects + 1, 4), np.float32)
    kinds = np.zeros(n_objects + 1, np.int8)
    fault = np.zeros(n_lines, np.int32)
    fault_at = np.zeros(n_lines, np.int64)
    at, m = 0, 0
    for i in range(n_lines):
        line[i] = at
        event[i], at, wrong = _head(text, at, i, process, numbers)
        field = HEAD_FIELDS
        while wrong == 0 and text[at] == SEMICOLON and not _line_ends(text, at + 1):
            if field == HEAD_FIELDS + OBJECT_FIELDS * MAX_OBJECTS:
                wrong = 1 + 2 * field
                break
            kinds[m], at, wrong = _object(text, at + 1, m, objects)
            if wrong > 0:
                wrong += 2 * field
                break
            m += 1
            field += OBJECT_FIELDS
        if wrong == 0 and text[at] == SEMICOLON:
            at += 1
        if wrong == 0 and not _line_ends(text, at):
            wrong = 2 * field
        if wrong > 0:
            fault[i], fault_at[i], m = wrong, at, first[i]
        first[i + 1] = m
        while text[at] != NEWLINE:
            at += 1
        at += 1
    return event, process, line, numbers, first, objects[:m], kinds[:m], fault, fault_at
