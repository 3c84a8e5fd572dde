"""Small files in the challenge's format, with numbers that can be checked by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

# (symbol, pT [GeV], eta); massless, so E = pT cosh(eta)
Listed = tuple[str, float, float]
JETS: tuple[Listed, ...] = (("j", 300.0, 0.5), ("b", 200.0, -1.0), ("j", 120.0, 0.0), ("j", 80.0, 2.0))


def written(
    objects: Sequence[Listed] = JETS,
    met: float = 250.0,
    event: int = 7,
    process: str = "njets",
    weight: str = "1",
    phi: float = 0.25,
) -> str:
    """Return one line without its newline; it passes channel 1 unless other objects are given."""
    from math import cosh

    listed = "".join(f"{s},{1e3 * pt * cosh(eta):.6g},{1e3 * pt:.6g},{eta:.6g},{phi:.6g};" for s, pt, eta in objects)
    return f"{event};{process};{weight};{1e3 * met:.6g};-1.5;{listed}"


@pytest.fixture
def line() -> Callable[..., str]:
    """Make one line of a file."""
    return written


@pytest.fixture
def csv(tmp_path: Path) -> Callable[..., Path]:
    """Write lines, or bytes as they are, to a file of a name."""

    def write(lines: Sequence[str] | bytes, name: str = "some_chan1.csv") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(lines if isinstance(lines, bytes) else "".join(text + "\n" for text in lines).encode())
        return path

    return write


@pytest.fixture(scope="session")
def generator_extra() -> None:
    """Skip a test where the event generator's packages are missing, and say how to run it."""
    for package in ("pythia8mc", "fastjet"):
        pytest.importorskip(package, reason=f"{package} of the extra [generate] is not installed; run make test-all")
