"""One request for a file, or for what is missing of it; what came stays, however it ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from adbench.data.partial import Origin, Partial
from adbench.data.patience import Patience, retry_after

if TYPE_CHECKING:
    import requests

__all__ = ["AGENT", "RefusedError", "TryAgainError", "transfer"]

AGENT: Final = "adbench (benchmark of anomaly detectors; python-requests)"
"""Zenodo asks clients to say who they are."""

_PIECE: Final = 256 * 1024
_LATER: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_BUSY: Final = 403  # of Zenodo, with Retry-After, for too many requests


class RefusedError(Exception):
    """A server does not give this file, now or later."""


class TryAgainError(Exception):
    """A request failed in a way that another one may not.

    Args:
        why: in a few words.
        wait: seconds that the server asks for, where it does.
    """

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


def transfer(
    session: requests.Session,
    url: str,
    partial: Partial,
    expected: Origin,
    patience: Patience,
    progress: Callable[[int, int | None], None],
) -> None:
    """Ask once for what is missing of a file and append it.

    A server that sends the whole instead (it ignores ranges, or the file changed: If-Range, RFC 9110, 13.1.5) makes it
    start from zero.

    Args:
        session: of HTTP.
        url: of the whole.
        partial: the part that is here.
        expected: size and checksum that the whole should have.
        patience: limits of time.
        progress: gets bytes that are here, and of the whole where known.

    Raises:
        TryAgainError: it broke off, stalled, or the server is busy; what came is kept.
        RefusedError: the server has no such file, or one of another size.
        OSError: the disk.
    """
    import requests
    import urllib3

    have = partial.size() if partial.usable(expected.checksum) else 0
    if have and have == expected.size:
        return
    headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        before = partial.origin()
        if before is not None and before.url == url and before.validator:
            headers["If-Range"] = before.validator
    limits = (patience.connect, patience.silence)
    try:
        with session.get(url, headers=headers, stream=True, timeout=limits) as response:
            _judge(response, partial, patience)
            size = _accept(response, url, partial, expected, have)
            _receive(response, partial, size, progress)
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise TryAgainError(_short(error)) from error


def _judge(response: requests.Response, partial: Partial, patience: Patience) -> None:
    status = response.status_code
    wait = retry_after(response.headers.get("Retry-After"), patience.clock())
    why = f"it answers {status} {response.reason}"
    if status == 416:
        partial.discard()  # the part here is longer than the file there
        raise TryAgainError(why)
    if status in _LATER or (status == _BUSY and wait is not None):
        raise TryAgainError(why, wait)
    if status not in (200, 206):
        raise RefusedError(why)


def _accept(response: requests.Response, url: str, partial: Partial, expected: Origin, have: int) -> int | None:
    """Prepare the part for what comes; return the size of the whole."""
    validator = _validator(response)
    if response.status_code == 206:
        unit, _, rest = response.headers.get("Content-Range", "").partition(" ")
        place, _, whole = rest.partition("/")
        size = int(whole) if whole.isdecimal() else None
        before = partial.origin()
        same = before is None or before.url != url or before.validator in ("", validator)
        if not have or unit != "bytes" or place.partition("-")[0] != str(have) or not same:
            partial.discard()
            raise TryAgainError("it sends another part than was asked for")
    else:
        length = response.headers.get("Content-Length", "")
        size = int(length) if length.isdecimal() else None
        partial.begin(Origin(url, validator, expected.size or size, expected.checksum))
    if expected.size is not None and size is not None and size != expected.size:
        partial.discard()
        msg = f"its file has {size:,} bytes, the published one {expected.size:,}"
        raise RefusedError(msg)
    return expected.size if size is None else size


def _receive(
    response: requests.Response, partial: Partial, size: int | None, progress: Callable[[int, int | None], None]
) -> None:
    have = partial.size()
    with partial.path.open("ab") as out:
        # what has come is written before more is waited for: a stall loses nothing
        while piece := response.raw.read1(_PIECE, decode_content=False):
            have += len(piece)
            if size is not None and have > size:
                break
            out.write(piece)
            progress(have, size)
    if size is not None and have > size:
        partial.discard()
        msg = f"it sends more than the {size:,} bytes of the file"
        raise TryAgainError(msg)
    if size is not None and have < size:
        msg = f"it broke off after {have:,} of {size:,} bytes"
        raise TryAgainError(msg)


def _validator(response: requests.Response) -> str:
    """Return what If-Range may hold: a strong ETag, otherwise a date."""
    tag = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else response.headers.get("Last-Modified", "")


def _short(error: Exception) -> str:
    import requests
    import urllib3

    text = str(error)
    if isinstance(error, (requests.Timeout, urllib3.exceptions.ReadTimeoutError)) or "timed out" in text:
        return "it does not answer in time"
    if "IncompleteRead" in text:
        return "it broke off before the end"
    cause: BaseException = error
    while cause.__context__ is not None:
        cause = cause.__context__
    return " ".join(str(cause).split()) or type(cause).__name__
