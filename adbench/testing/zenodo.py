"""A small Zenodo on this machine, for tests of what fetches files."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["SmallZenodo", "small_zenodo"]


class SmallZenodo(ThreadingHTTPServer):
    """Serves records and their files, and remembers what it was asked for.

    Attributes:
        files: contents by name.
        records: what each record says, by number.
        asked: paths, in order.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.records: dict[str, Any] = {}
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"

    def publish(self, number: str, files: Mapping[str, bytes]) -> None:
        """Make a record with these files."""
        entries = [
            {"key": name, "size": len(body), "checksum": f"md5:{hashlib.md5(body).hexdigest()}"}
            for name, body in files.items()
        ]
        self.records[number] = {"metadata": {"license": {"id": "cc-by-4.0"}}, "files": entries}
        self.files |= files


class _Handler(BaseHTTPRequestHandler):
    server: SmallZenodo

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name of the base class
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer with a record or a file."""
        self.server.asked.append(self.path)
        parts = self.path.partition("?")[0].strip("/").split("/")
        if parts[:2] == ["api", "records"] and len(parts) == 3:
            body = json.dumps(self.server.records.get(parts[2], {})).encode()
        else:
            body = self.server.files.get(next(part for part in reversed(parts) if part != "content"), b"")
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def small_zenodo() -> Iterator[SmallZenodo]:
    """Run a small Zenodo while the block runs."""
    server = SmallZenodo()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
