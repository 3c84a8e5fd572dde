"""Records of Zenodo: names, sizes, checksums and addresses of their files, as the record states them now."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from adbench.api.errors import DataError, MissingError
from adbench.data.download import Remote, Silent, Watcher
from adbench.data.patience import Patience, retry_after
from adbench.data.transfer import AGENT

__all__ = ["Record", "parse_record", "read_record", "zenodo_base"]

_PUBLIC: Final = "https://zenodo.org"


@dataclass(frozen=True, slots=True)
class Record:
    """What a record says.

    Attributes:
        number: of the record.
        licence: its identifier; empty where none is stated.
        files: by name; the record's own addresses first.
    """

    number: str
    licence: str
    files: dict[str, Remote]


def zenodo_base() -> str:
    """Return the address of Zenodo: that of ADBENCH_ZENODO, or the public one."""
    return (os.environ.get("ADBENCH_ZENODO") or _PUBLIC).rstrip("/")


def read_record(
    number: str, base: str, *, patience: Patience | None = None, watcher: Watcher | None = None
) -> dict[str, Any]:
    """Ask for a record; return its JSON.

    Raises:
        MissingError: it cannot be had.
    """
    import requests

    patience, watcher = patience or Patience(), watcher or Silent()
    url = f"{base}/api/records/{number}"
    for failures in range(1, patience.attempts + 1):
        wait = None
        try:
            reply = requests.get(url, headers={"User-Agent": AGENT}, timeout=(patience.connect, patience.silence))
            why = f"it answers {reply.status_code} {reply.reason}"
            if reply.status_code == 200:
                found = reply.json()
                if isinstance(found, dict):
                    return found
                why = "it answers something else than a record"
            elif reply.status_code in (408, 429) or reply.status_code >= 500:
                wait = retry_after(reply.headers.get("Retry-After"), patience.clock())
            else:
                break
        except (requests.RequestException, ValueError) as error:
            why = type(error).__name__
        wait = patience.delay(failures) if wait is None else wait
        if failures == patience.attempts or wait > patience.longest_asked:
            break
        watcher.waits(f"record {number}", why, wait)
        patience.sleep(wait)
    msg = f"record {number} cannot be read from {url}: {why}. Its checksums are needed: try again later, or name "
    msg += "another address of Zenodo's interface with --zenodo or ADBENCH_ZENODO"
    raise MissingError(msg)


def parse_record(number: str, base: str, found: dict[str, Any]) -> Record:
    """Return what a record's JSON says.

    Raises:
        DataError: it has no files with checksums, or names that are none.
    """
    try:
        licence = (found.get("metadata") or {}).get("license") or {}
        files = {}
        for entry in found["files"]:
            name, checksum = str(entry["key"]), str(entry["checksum"])
            if not name or "/" in name or "\\" in name or name.startswith("."):
                msg = f"record {number} of {base} has a file named '{name}', which is no plain name"
                raise DataError(msg)
            at = quote(name)  # the links in a record were wrong for a time (zenodo/zenodo#2486): they are not used
            urls = (f"{base}/records/{number}/files/{at}?download=1", f"{base}/api/records/{number}/files/{at}/content")
            if ":" not in checksum:
                checksum = f"md5:{checksum}"
            files[name] = Remote(name, urls, checksum, int(entry["size"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        msg = f"record {number} of {base} is not as expected: {error!r}; it should list files with key, size, checksum"
        raise DataError(msg) from error
    return Record(number, str(licence.get("id", "") if isinstance(licence, dict) else licence), files)
