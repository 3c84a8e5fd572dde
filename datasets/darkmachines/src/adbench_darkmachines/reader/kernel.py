"""From bytes to numbers in one pass that checks every field.

`parse` does not raise: a line that breaks the format is marked with the field and the place, and what it held is
taken back. Its parts stay in this one file: numba's cache watches the file of the function that is called, and
would go on using old machine code if a part in another file changed.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
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

# Eight characters at a time: constants that hold the same byte eight times.
ZEROS, SEVEN_BITS, ABOVE_NINE, LOW_BITS = (np.uint64(0x0101010101010101 * byte) for byte in (0x30, 0x7F, 0x76, 0x01))
ONE = np.uint64(1)
AHEAD = 17  # bytes: eight digits, a point, and the eight bytes behind it


def _load(bits: int) -> Any:
    """Return a function of an address and an offset, for compiled code: the number of so many bits that stands there.

    The first byte is the lowest. An address and no array is handed on by the functions of this file, because numba
    counts references to an array at each call, which took half of the time.
    """

    @intrinsic
    def load(typing: Any, text: Any, at: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            first = builder.inttoptr(given[0], ir.IntType(8).as_pointer())
            place = builder.bitcast(builder.gep(first, [given[1]]), ir.IntType(bits).as_pointer())
            value = builder.load(place, align=1)
            if bits > 8 and sys.byteorder == "big":
                value = builder.bswap(value)
            return builder.zext(value, ir.IntType(64)) if bits < 64 else value

        return (types.uint64 if bits == 64 else types.int64)(text, types.int64), code

    return load


_byte, _word = _load(8), _load(64)


@compiled
def _ends(c: int) -> bool:
    return c in (NEWLINE, RETURN, SEMICOLON, COMMA)


@compiled
def _line_ends(text: int, at: int) -> bool:
    c = _byte(text, at)
    return bool(c == NEWLINE or (c == RETURN and _byte(text, at + 1) == NEWLINE))


@compiled
def _count_digits(word: np.uint64) -> Any:
    """Return how many of the eight bytes, from the first on, are digits; each is a character XOR '0'."""
    others = ((((word & SEVEN_BITS) + ABOVE_NINE) | word) >> np.uint64(7)) & LOW_BITS
    before_first = ((others & (~others + ONE)) - ONE) & LOW_BITS
    return np.int64((before_first * LOW_BITS) >> np.uint64(56))  # a mixture with uint64 would become float64


@compiled
def _eight_digits(word: np.uint64) -> Any:
    """Return the number that eight digits, one per byte, the first one lowest, stand for: pairs, then fours."""
    pairs = (word * np.uint64(2561)) >> np.uint64(8)  # 2561 = 10 * 2^8 + 1
    fours = ((pairs & np.uint64(0x00FF00FF00FF00FF)) * np.uint64(6553601)) >> np.uint64(16)  # 100 * 2^16 + 1
    return np.int64(((fours & np.uint64(0x0000FFFF0000FFFF)) * np.uint64(42949672960001)) >> np.uint64(32))


@compiled
def _short_mantissa(text: int, at: int) -> tuple[int, int, int]:
    """Read up to eight digits with at most one point, without a loop; return (mantissa, end, digits after the point).

    The mantissa is -1 where there are more, or none. Looks at the next `AHEAD` bytes.
    """
    before = _word(text, at) ^ ZEROS
    n_before = _count_digits(before)
    behind = at + n_before + (_byte(text, at + n_before) == POINT)
    after = _word(text, behind) ^ ZEROS
    n_after = _count_digits(after)
    n = n_before + n_after
    if n == 0 or n > 8 or n_before == 8 or n_after == 8:  # after eight digits there may be more
        return -1, at, 0
    shift = np.uint64(8 * n_before)
    digits = (before & ((ONE << shift) - ONE)) | (after << shift)
    return _eight_digits(digits << np.uint64(64 - 8 * n)), behind + n_after, n_after


@compiled
def _long_mantissa(text: int, at: int) -> tuple[int, int, int]:
    """Read any number of digits with at most one point; return (mantissa, end, minus its decimal exponent).

    The mantissa is -1 where there are no digits. Digits beyond the precision of a double only count for the exponent.
    """
    first, point, mantissa, dropped = at, -1, 0, 0
    while True:
        digit = _byte(text, at) - ZERO
        if 0 <= digit <= 9:
            if mantissa < MOST_DIGITS:
                mantissa = mantissa * 10 + digit
            else:
                dropped += 1
        elif digit == POINT - ZERO and point < 0:
            point = at
        else:
            break
        at += 1
    if point < 0:
        return mantissa if at > first else -1, at, -dropped
    return mantissa if at > first + 1 else -1, at, at - point - 1 - dropped


@compiled
def _power(text: int, at: int) -> tuple[int, int, bool]:
    """Read what follows the e of a number; return (exponent, end, valid)."""
    below = _byte(text, at) == MINUS
    if below or _byte(text, at) == PLUS:
        at += 1
    power, valid = 0, False
    digit = _byte(text, at) - ZERO
    while 0 <= digit <= 9:
        valid = True
        power = min(power * 10 + digit, 9999)
        at += 1
        digit = _byte(text, at) - ZERO
    return -power if below else power, at, valid


@compiled
def _scaled(mantissa: int, exponent: int) -> float:
    """Return mantissa times 10^exponent. Up to 15 digits and 10^+-22 there is one rounding, the division's."""
    value = float(mantissa)
    if -22 <= exponent <= 0:
        return float(value / POWERS[-exponent])
    if mantissa == 0:
        return value
    while exponent > 22 and value < 1e60:
        value *= 1e22
        exponent -= 22
    while exponent < -22 and value > 1e-60:
        value /= 1e22
        exponent += 22
    if exponent > 22:
        return np.inf
    if exponent < -22:
        return 0.0
    return float(value * POWERS[exponent] if exponent >= 0 else value / POWERS[-exponent])


@compiled
def _number(text: int, at: int, safe: int, exponent: int) -> tuple[float, int, bool]:
    """Return (number times 10^exponent, end, valid)."""
    negative = _byte(text, at) == MINUS
    at += negative
    mantissa, end, decimals = -1, at, 0
    if at <= safe:
        mantissa, end, decimals = _short_mantissa(text, at)
    if mantissa < 0:
        mantissa, end, decimals = _long_mantissa(text, at)
    exponent -= decimals
    valid = mantissa >= 0
    if valid and _byte(text, end) in (SMALL_E, CAPITAL_E):
        power, end, valid = _power(text, end + 1)
        exponent += power
    value = _scaled(mantissa, exponent)
    return -value if negative else value, end, valid and _ends(_byte(text, end))


@compiled
def _integer(text: int, at: int) -> tuple[int, int, bool]:
    negative = _byte(text, at) == MINUS
    at += negative
    first, value = at, 0
    while 0 <= _byte(text, at) - ZERO <= 9 and at - first < 18:
        value = value * 10 + (_byte(text, at) - ZERO)
        at += 1
    return -value if negative else value, at, at > first and _ends(_byte(text, at))


@compiled
def _kind(text: int, at: int) -> tuple[int, int]:
    """Return (kind, end) of an object symbol; kind 0 = unknown. mu- and mu+ are other names of m- and m+."""
    first = _byte(text, at)
    if _ends(first):
        return 0, at
    second = _byte(text, at + 1)
    if _ends(second):
        kind = 1 if first == SMALL_J else 2 if first == SMALL_B else 7 if first == SMALL_G else 0
        return kind, at + 1
    if first == SMALL_E and second in (MINUS, PLUS):
        return (3 if second == MINUS else 4), at + 2
    if first == SMALL_M:
        end = at + 2 if second == SMALL_U else at + 1
        sign = _byte(text, end)
        if sign in (MINUS, PLUS):
            return (5 if sign == MINUS else 6), end + 1
    return 0, at


@compiled
def _name(text: int, at: int) -> tuple[np.uint64, int, bool]:
    """Return (hash, end, valid) of a process: the 64-bit hash of Fowler, Noll and Vo (FNV-1a)."""
    end, name = at, np.uint64(14695981039346656037)
    c = _byte(text, end)
    while c > SPACE and not _ends(c):
        name = (name ^ np.uint64(c)) * np.uint64(1099511628211)
        end += 1
        c = _byte(text, end)
    return name, end, end > at and _ends(c)


@compiled
def _head(
    text: int, at: int, safe: int, i: int, process: NDArray[np.uint64], numbers: NDArray[np.float32]
) -> tuple[int, int, int]:
    """Read process, and weight, MET [GeV], METphi of event i into `numbers`; return (event id, end, fault)."""
    event, end, valid = _integer(text, at)
    if not valid:
        return 0, at, 1
    if _byte(text, end) != SEMICOLON:
        return 0, end, 3 if _line_ends(text, end) else 2
    at = end + 1
    process[i], end, valid = _name(text, at)
    if not valid:
        return 0, at, 3
    for field in range(2, HEAD_FIELDS):
        if _byte(text, end) != SEMICOLON:
            return 0, end, 1 + 2 * field if _line_ends(text, end) else 2 * field
        at = end + 1
        value, end, valid = _number(text, at, safe, MEV if field == 3 else 0)
        low = 0.0 if field == 3 else (-PI if field == 4 else -FLOAT32_MAX)
        high = PI if field == 4 else FLOAT32_MAX
        if not (valid and low <= value <= high):
            return 0, at, 1 + 2 * field
        numbers[i, field - 2] = value
    return event, end, 0


@compiled
def _object(text: int, at: int, safe: int, m: int, objects: NDArray[np.float32]) -> tuple[int, int, int]:
    """Read object m: E, pT [GeV], eta, phi [rad]; return (kind, end, fault counted from its first field)."""
    kind, end = _kind(text, at)
    if kind == 0 or not _ends(_byte(text, end)):
        return 0, at, 1
    start_of_energy = end + 1
    for field in range(1, OBJECT_FIELDS):
        if _byte(text, end) != COMMA:
            return 0, end, 1 + 2 * field
        at = end + 1
        value, end, valid = _number(text, at, safe, MEV if field <= 2 else 0)
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
def parse(lines: NDArray[np.uint8], n_lines: int, n_objects: int) -> Any:
    """Read a block of whole lines; the last byte must be a newline.

    Args:
        lines: uint8 bytes of the block.
        n_lines: number of lines in it.
        n_objects: at least the number of objects in it (a quarter of its commas).

    Returns:
        event id int64 (n,), hash of the process uint64 (n,), offset of the line int64 (n,), weight, MET [GeV],
        METphi float32 (n, 3), first object of each event int64 (n + 1,), objects float32 (m, 4), kinds int8 (m,),
        fault int32 (n,), its offset int64 (n,). A fault is 0, or 1 + 2 field for a bad value and 2 + 2 field
        for what follows it; the fields of a line are counted from 0, five for the head and five per object.
    """
    text, safe = lines.ctypes.data, len(lines) - AHEAD
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
        event[i], at, wrong = _head(text, at, safe, i, process, numbers)
        field = HEAD_FIELDS
        while wrong == 0 and _byte(text, at) == SEMICOLON and not _line_ends(text, at + 1):
            if field == HEAD_FIELDS + OBJECT_FIELDS * MAX_OBJECTS:
                wrong = 1 + 2 * field
                break
            kinds[m], at, wrong = _object(text, at + 1, safe, m, objects)
            if wrong > 0:
                wrong += 2 * field
                break
            m += 1
            field += OBJECT_FIELDS
        if wrong == 0 and _byte(text, at) == SEMICOLON:
            at += 1
        if wrong == 0 and not _line_ends(text, at):
            wrong = 2 * field
        if wrong > 0:
            fault[i], fault_at[i], m = wrong, at, first[i]
        first[i + 1] = m
        while _byte(text, at) != NEWLINE:
            at += 1
        at += 1
    return event, process, line, numbers, first, objects[:m], kinds[:m], fault, fault_at
