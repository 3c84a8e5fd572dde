from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from adbench_darkmachines import read_events
from adbench_darkmachines.comparison import as_csv, compare
from adbench_darkmachines.drawing import Picture, draw
from adbench_darkmachines.spectra import SPECTRA, columns

from adbench.plotting import save_figure, styled


@pytest.fixture
def found(csv: Callable[..., Path], line: Callable[..., str]) -> dict[str, np.ndarray]:
    leptons = [
        ("j", 90.0, 0.1),
        ("b", 60.0, -1.0),
        ("e-", 50.0, 0.5),
        ("e+", 40.0, -0.5),
        ("m+", 30.0, 1.0),
        ("g", 25.0, 0.0),
    ]
    path = csv([line(objects=leptons, met=80.0, phi=0.25), line(objects=[("m-", 50.0, 0.0)], met=60.0)], "x_chan2b.csv")
    return columns([read_events(path, raw=True)])[0]


def test_observables_of_a_hand_made_event(found: dict[str, np.ndarray]) -> None:
    first = {name: values[0] for name, values in found.items()}
    mass = np.sqrt(2 * 50.0 * 40.0 * (np.cosh(1.0) - 1.0))
    expected = {"MET": 80, "HT": 150, "leading jet pT": 90, "leading lepton pT": 50, "dilepton mass": mass}
    expected |= {"angle MET, jet": 1.75, "jets": 2, "b jets": 1, "leptons": 3, "photons": 1}
    assert first == pytest.approx(expected, rel=1e-4)


def test_what_an_event_lacks_is_no_number(found: dict[str, np.ndarray]) -> None:
    lacking = [name for name, values in found.items() if np.isnan(values[1])]
    assert lacking == ["leading jet pT", "dilepton mass", "angle MET, jet"]


def sample(rng: np.random.Generator, n: int, shift: float = 0.0) -> dict[str, np.ndarray]:
    return {spectrum.name: rng.normal(5.0 + shift, 1.0, n).clip(0) for spectrum in SPECTRA}


def test_a_shift_is_found_and_sameness_is_not() -> None:
    rng = np.random.default_rng(1)
    same = compare("background", sample(rng, 3000), sample(rng, 3000))
    moved = compare("background", sample(rng, 3000), sample(rng, 3000, 0.5))
    assert min(row.p_value for row in same) > 1e-4
    assert max(row.p_value for row in moved) < 1e-10
    assert all(0.15 < row.distance < 0.25 for row in moved)  # 2 Phi(0.25) - 1 = 0.197
    assert as_csv(same).count("\n") == len(SPECTRA) + 1


def test_the_same_events_give_the_same_bytes(tmp_path: Path) -> None:
    def drawn(path: Path) -> bytes:
        rng = np.random.default_rng(2)
        picture = Picture("a title", sample(rng, 200), rng.integers(0, 8, 200), {"signal": sample(rng, 50, 1.0)})
        with styled():
            save_figure(draw(picture), path)
        return path.read_bytes()

    for kind in ("svg", "png"):
        first = drawn(tmp_path / f"a.{kind}")
        assert first == drawn(tmp_path / f"b.{kind}")
        assert str(tmp_path).encode() not in first


def test_the_statistical_error_looks_like_no_process() -> None:
    rng = np.random.default_rng(3)
    with styled():
        legend = draw(Picture("a title", sample(rng, 200), rng.integers(0, 8, 200))).legends[0]
    patches = dict(zip([text.get_text() for text in legend.get_texts()], legend.get_patches(), strict=True))
    assert [name for name, patch in patches.items() if patch.get_hatch()] == ["statistical error"]
    assert patches["statistical error"].get_facecolor()[3] == 0.0
    assert "other processes" in patches
