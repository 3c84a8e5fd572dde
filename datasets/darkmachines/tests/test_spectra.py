from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from adbench_darkmachines import read_events
from adbench_darkmachines.card import SCHEMA
from adbench_darkmachines.comparison import as_csv, compare
from adbench_darkmachines.drawing import Picture, draw, weight_in_bins
from adbench_darkmachines.spectra import SPECTRA, Observed, observed

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
    return dict(observed([read_events(path, raw=True)]).values)


def test_observables_of_a_hand_made_event(found: dict[str, np.ndarray]) -> None:
    first = {name: values[0] for name, values in found.items()}
    mass = np.sqrt(2 * 50.0 * 40.0 * (np.cosh(1.0) - 1.0))
    expected = {"MET": 80, "HT": 150, "leading jet pT": 90, "leading lepton pT": 50, "dilepton mass": mass}
    expected |= {"angle MET, jet": 1.75, "jets": 2, "b jets": 1, "leptons": 3, "photons": 1}
    assert first == pytest.approx(expected, rel=1e-4)


def test_what_an_event_lacks_is_no_number(found: dict[str, np.ndarray]) -> None:
    lacking = [name for name, values in found.items() if np.isnan(values[1])]
    assert lacking == ["leading jet pT", "dilepton mass", "angle MET, jet"]


def sample(rng: np.random.Generator, n: int, shift: float = 0.0) -> Observed:
    values = {spectrum.name: rng.normal(5.0 + shift, 1.0, n).clip(0) for spectrum in SPECTRA}
    return Observed(values, rng.integers(0, 8, n), np.ones(n))


def repeated(seen: Observed, times: np.ndarray) -> Observed:
    values = {name: np.repeat(column, times) for name, column in seen.values.items()}
    return Observed(values, np.repeat(seen.process, times), np.ones(times.sum()))


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
        picture = Picture("a title", sample(rng, 200), {"signal": sample(rng, 50, 1.0)})
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
        legend = draw(Picture("a title", sample(rng, 200))).legends[0]
    patches = dict(zip([text.get_text() for text in legend.get_texts()], legend.get_patches(), strict=True))
    assert [name for name, patch in patches.items() if patch.get_hatch()] == ["statistical error"]
    assert patches["statistical error"].get_facecolor()[3] == 0.0
    assert "other processes" in patches


def test_a_weight_is_that_many_events() -> None:
    rng = np.random.default_rng(4)
    plain, other = sample(rng, 500), sample(rng, 400, 0.3)
    times = rng.integers(1, 4, 500)
    weighted = dataclasses.replace(plain, weights=times.astype(float))
    by_weight, by_number = compare("b", weighted, other), compare("b", repeated(plain, times), other)
    assert [row.distance for row in by_weight] == pytest.approx([row.distance for row in by_number])
    assert [row.median for row in by_weight] == pytest.approx([row.median for row in by_number])
    assert all(row.p_value > 0 for row in by_weight)
    edges = np.linspace(0.0, 10.0, 21)
    for spectrum in SPECTRA:
        heights, _ = weight_in_bins(weighted, spectrum, edges)
        assert heights == pytest.approx(weight_in_bins(repeated(plain, times), spectrum, edges)[0])


def test_the_error_of_a_bin_is_the_root_of_the_summed_squares() -> None:
    seen = Observed({SPECTRA[0].name: np.array([1.0, 1.5, 99.0])}, np.zeros(3, int), np.array([3.0, 4.0, 2.0]))
    weight, error = weight_in_bins(seen, SPECTRA[0], np.array([0.0, 2.0, 4.0]))
    assert weight == pytest.approx([7.0, 2.0])  # what is beyond is in the last bin
    assert error == pytest.approx([5.0, 2.0])


def test_the_process_of_most_weight_lies_lowest() -> None:
    rng = np.random.default_rng(5)
    seen = sample(rng, 300)
    heavy = dataclasses.replace(seen, process=np.repeat([0, 1], [290, 10]), weights=np.repeat([0.01, 1.0], [290, 10]))
    with styled():
        legend = draw(Picture("t", heavy)).legends[0]
    names = [text.get_text() for text in legend.get_texts() if text.get_text() in SCHEMA.processes]
    assert names == [SCHEMA.processes[1], SCHEMA.processes[0]]
