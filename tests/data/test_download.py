from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from adbench.api.errors import DataError, MissingError
from adbench.data.download import Remote, download
from adbench.data.patience import Patience, retry_after

BODY = bytes(range(256)) * 4000


class Server(ThreadingHTTPServer):
    """Answers as its list of moods says, one per request, then properly."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.moods: list[str] = []
        self.body, self.tag = BODY, '"one"'
        self.asked: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *args: Any) -> None: ...

    def do_GET(self) -> None:
        server = self.server
        server.asked.append({"path": self.path, **dict(self.headers.items())})
        mood = server.moods.pop(0) if server.moods else ""
        if mood[:3].isdecimal():
            status, _, wait = mood.partition(" ")
            self.send_response(int(status))
            if wait:
                self.send_header("Retry-After", wait)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        start = 0
        asked = self.headers.get("Range")
        if asked and mood != "no ranges" and self.headers.get("If-Range", server.tag) == server.tag:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(server.body) - 1}/{len(server.body)}")
        else:
            self.send_response(200)
        self.send_header("ETag", server.tag)
        self.send_header("Content-Length", str(len(server.body) - start))
        self.end_headers()
        body = server.body[start:]
        if mood == "wrong":
            body = b"x" * len(body)
        if mood in ("breaks", "stalls"):
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            if mood == "stalls":
                threading.Event().wait(0.6)
            self.close_connection = True
            return
        self.wfile.write(body)


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield one
    one.shutdown()
    thread.join()
    one.server_close()


def remote(*urls: str, body: bytes = BODY) -> Remote:
    return Remote("a.tar", urls, f"md5:{hashlib.md5(body).hexdigest()}", len(body))


def patience(waits: list[float]) -> Patience:
    return Patience(attempts=3, silence=0.2, connect=2.0, sleep=waits.append, clock=lambda: 0.0)


@pytest.mark.parametrize("mood", ["breaks", "stalls"])
def test_what_came_is_not_asked_for_again(server: Server, tmp_path: Path, mood: str) -> None:
    server.moods, waits = [mood], list[float]()
    path = download(remote(server.url), tmp_path, patience=patience(waits))
    assert path.read_bytes() == BODY
    assert [asked.get("Range") for asked in server.asked] == [None, f"bytes={len(BODY) // 2}-"]
    assert server.asked[1]["If-Range"] == '"one"'
    assert len(waits) == 1
    assert 0.5 <= waits[0] <= 1.0
    assert [found.name for found in tmp_path.iterdir()] == ["a.tar"]


def test_a_later_command_goes_on_where_one_gave_up(server: Server, tmp_path: Path) -> None:
    server.moods = ["breaks", "503", "503", "503"]
    with pytest.raises(MissingError, match=r"503 .*3 times in a row; 512.0 kB are kept"):
        download(remote(server.url), tmp_path, patience=patience([]))
    assert download(remote(server.url), tmp_path, patience=patience([])).read_bytes() == BODY
    assert server.asked[-1]["Range"] == f"bytes={len(BODY) // 2}-"


@pytest.mark.parametrize(
    ("mood", "wait"), [("429 7", 7.0), ("503 Thu, 01 Jan 1970 00:00:09 GMT", 9.0), ("429", None), ("503", None)]
)
def test_a_busy_server_is_asked_again_when_it_says(
    server: Server, tmp_path: Path, mood: str, wait: float | None
) -> None:
    server.moods, waits = [mood], list[float]()
    assert download(remote(server.url), tmp_path, patience=patience(waits)).read_bytes() == BODY
    assert len(waits) == 1
    assert waits[0] == wait if wait else 0.5 <= waits[0] <= 1.0


def test_a_server_without_ranges_sends_the_whole_again(server: Server, tmp_path: Path) -> None:
    server.moods = ["breaks", "no ranges"]
    assert download(remote(server.url), tmp_path, patience=patience([])).read_bytes() == BODY


def test_a_file_that_changed_is_begun_again(server: Server, tmp_path: Path) -> None:
    new = BODY[::-1]
    server.body, server.tag, server.moods = BODY, '"old"', ["breaks", "404"]
    with pytest.raises(MissingError):
        download(remote(server.url, body=new), tmp_path, patience=patience([]))
    server.body, server.tag = new, '"new"'
    assert download(remote(server.url, body=new), tmp_path, patience=patience([])).read_bytes() == new


def test_a_wrong_checksum_is_tried_once_more_and_then_named(server: Server, tmp_path: Path) -> None:
    server.moods = ["wrong"]
    assert download(remote(server.url), tmp_path, patience=patience([])).read_bytes() == BODY
    (tmp_path / "a.tar").unlink()
    server.moods = ["wrong", "wrong"]
    with pytest.raises(DataError, match="twice another checksum than the published md5:"):
        download(remote(server.url), tmp_path, patience=patience([]))
    assert list(tmp_path.iterdir()) == []


def test_mirrors_are_asked_in_order(server: Server, tmp_path: Path) -> None:
    server.moods = ["404"]
    path = download(remote(f"{server.url}/first", f"{server.url}/second"), tmp_path, patience=patience([]))
    assert path.read_bytes() == BODY
    assert [asked["path"] for asked in server.asked] == ["/first", "/second"]


def test_a_full_disk_is_told_before_the_first_byte(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adbench.data.disk.free_bytes", lambda folder: 1000)
    with pytest.raises(MissingError, match=r"downloading a.tar needs 1.0 MB .* has 1.0 kB left"):
        download(remote(server.url), tmp_path)
    assert server.asked == []


def test_a_broken_retry_after_is_none() -> None:
    assert retry_after("soon", 0.0) is None
    assert retry_after("0", 5.0) == 0.0
