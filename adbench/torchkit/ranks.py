"""What the processes of one fit tell the process that started them: progress, the result, the first error."""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import threading
import time
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Self

from torch.multiprocessing.spawn import ProcessExitedException, ProcessRaisedException

from adbench.api.context import Progress
from adbench.api.errors import DetectorError

__all__ = ["Mailbox", "Sender"]


class Sender:
    """The end of a process of the fit: sends the error that leaves the block and then goes its way, or "finished"."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def report(self, phase: str, step: int, total: int, **figures: float) -> None:
        """Send progress."""
        self._connection.send_bytes(pickle.dumps(("progress", (phase, step, total, figures))))

    def result(self, content: bytes) -> None:
        """Send what the fit gave."""
        self._connection.send_bytes(pickle.dumps(("result", content)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is None:
            self._connection.send_bytes(pickle.dumps(("finished", None)))
        elif isinstance(error, Exception):
            self._connection.send_bytes(pickle.dumps(("error", (time.monotonic(), _portable(error)))))


class Mailbox:
    """The end of the process that started them, which listens inside the block.

    Leaving the block ends what is left of the processes, and raises the error that came first. Once all have finished
    their part, how the interpreters end is no matter: threads of the process group may abort one on its way out.

    Args:
        ranks: number of processes.
        progress: where their progress goes.

    Attributes:
        senders: one for each process.
        result: what `Sender.result` sent.
    """

    def __init__(self, ranks: int, progress: Progress) -> None:
        pipes = [multiprocessing.Pipe(duplex=False) for _ in range(ranks)]
        self._receivers = [receiver for receiver, _ in pipes]
        self.senders = [sender for _, sender in pipes]
        self.result = b""
        self._progress = progress
        self._errors: list[tuple[float, Exception]] = []
        self._finished = 0
        self._listener = threading.Thread(target=self._listen, daemon=True, name="progress of a fit")
        self._before = set(multiprocessing.active_children())

    def __enter__(self) -> Self:
        self._listener.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        for process in set(multiprocessing.active_children()) - self._before:
            process.kill()
            process.join()
        for sender in self.senders:
            sender.close()
        self._listener.join()
        if isinstance(error, ProcessExitedException) and self._finished < len(self.senders):
            msg = f"process {error.error_index + 1} of {len(self.senders)} of the fit {_end(error)}"
            raise DetectorError(msg) from error
        if isinstance(error, ProcessRaisedException) and not self._errors:
            msg = f"a process of the fit failed: {error.msg.strip().splitlines()[-1]}"
            raise DetectorError(msg) from error
        if self._errors and (error is None or isinstance(error, ProcessRaisedException | ProcessExitedException)):
            raise min(self._errors, key=lambda sent: sent[0])[1] from error
        return isinstance(error, ProcessExitedException)

    def _listen(self) -> None:
        left: list[Any] = list(self._receivers)
        while left:
            for receiver in wait(left):
                try:
                    kind, content = pickle.loads(receiver.recv_bytes())  # type: ignore[union-attr]
                except (EOFError, OSError):
                    left.remove(receiver)
                    receiver.close()  # type: ignore[union-attr]
                    continue
                self._take(kind, content)

    def _take(self, kind: str, content: Any) -> None:
        if kind == "result":
            self.result = content
        elif kind == "error":
            self._errors.append(content)
        elif kind == "finished":
            self._finished += 1
        else:
            phase, step, total, figures = content
            try:
                self._progress(phase, step, total, **figures)
            except Exception as error:  # noqa: BLE001, whoever listens may raise anything; it is raised when the block ends
                self._errors.append((time.monotonic(), error))


def _portable(error: Exception) -> Exception:
    """Return the error where it survives pickling, else one of the same words."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001, errors of others may refuse in any way
        return DetectorError(f"{type(error).__name__}: {error}")
    return error


def _end(error: ProcessExitedException) -> str:
    if error.exit_code < 0:
        return f"was ended by {signal.Signals(-error.exit_code).name}"
    return f"ended with exit code {error.exit_code}"
