"""The public files: built here as pandas writes them, and real events where there are some."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from adbench_lhco import Lhco
from adbench_lhco.card import OBSERVABLES
from adbench_lhco.public.observables import OBSERVABLES as SIX
from click.testing import CliRunner, Result

from adbench.api import DataError, DatasetOptions
from adbench.testing import reference_data
from adbench.testing.zenodo import SmallZenodo, small_zenodo

h5py = pytest.importorskip("h5py", reason="h5py of the extra [hdf5] is not installed")
FEATURES = [f"{name}j{jet}" for jet in (1, 2) for name in ("px", "py", "pz", "m", "tau1", "tau2", "tau3")]


def fixed(path: Path, names: list[str] | range, values: np.ndarray) -> None:
    """A fixed table of pandas, all columns in one block."""
    with h5py.File(path, "w") as file:
        group = file.create_group("df")
        group.attrs.update({"pandas_type": np.bytes_("frame"), "nblocks": 1})
        group["block0_items"] = np.array([name.encode() for name in names] if isinstance(names, list) else names)
        group["block0_values"] = values


def features(path: Path, n: int = 40) -> np.ndarray:
    rng = np.random.default_rng(3)
    values = rng.uniform(0.1, 1.0, (n, len(FEATURES) + 1))
    values[:, [0, 7]] = [[1400.0, -1300.0]]
    values[:, [1, 8]] = rng.normal(0, 50, (n, 2))
    values[:, [2, 9]] = rng.normal(0, 500, (n, 2))
    values[:, [3, 10]] = rng.uniform(20, 500, (n, 2))
    values[:, -1] = np.arange(n) % 4 == 0
    fixed(path, [*FEATURES, "label"], values)
    return values


def particles(path: Path, n: int = 30, labelled: bool = True, seed: int = 4) -> None:
    """Events of two sprays, back to back, at the seam of phi; every fifth is too soft for the selection."""
    rng = np.random.default_rng(seed)
    values = np.zeros((n, 2100 + labelled))
    for i in range(n):
        pt = 1500.0 if i % 5 else 600.0
        sprays = []
        for phi in (np.pi, 0.0):
            share = rng.dirichlet(np.ones(20)) * pt
            sprays.append(np.column_stack([share, 0.3 + 0.1 * rng.normal(size=20), phi + 0.1 * rng.normal(size=20)]))
        event = np.concatenate(sprays)
        event[:, 2] = (event[:, 2] + np.pi) % (2 * np.pi) - np.pi
        values[i, : event.size] = event.ravel()
    if labelled:
        values[:, -1] = np.arange(n) % 3 == 0
    fixed(path, range(values.shape[1]), values)


def opened(folder: Path, tmp_path: Path) -> Lhco:
    return Lhco(DatasetOptions(data=folder, cache=tmp_path / "cache"))


def test_observables_of_the_published_features(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    folder.mkdir()
    values = features(folder / "events_anomalydetection_v2.features.h5")
    lhco = opened(folder, tmp_path)
    assert lhco.info.channels == ("rd",)
    assert lhco.info.signals == {"rd": ("wprime_3500_500_100",)}
    signal = lhco.signal("rd", "wprime_3500_500_100")
    assert tuple(q.name for q in signal.schema.features) == SIX
    given = values[values[:, -1] == 1]
    assert signal.feature("mass_1") == pytest.approx(np.maximum(given[:, 3], given[:, 10]), rel=1e-6)
    first = given[:, 3] >= given[:, 10]
    assert signal.feature("tau21_1")[first] == pytest.approx((given[:, 5] / given[:, 4])[first], rel=1e-5)
    assert signal.feature("tau32_2")[first] == pytest.approx((given[:, 13] / given[:, 12])[first], rel=1e-5)
    e = np.sqrt((given[:, :4] ** 2).sum(axis=1)) + np.sqrt((given[:, 7:11] ** 2).sum(axis=1))
    p = given[:, :3] + given[:, 7:10]
    assert signal.aux["m_jj"] == pytest.approx(np.sqrt(e**2 - (p**2).sum(axis=1)), rel=1e-5)
    parts = [lhco.train("rd"), lhco.validation("rd"), lhco.background("rd")]
    assert sum(map(len, parts)) == int((values[:, -1] == 0).sum())
    assert any("these files lack tau43_1" in note for note in lhco.info.notes)


def test_particles_are_clustered_and_give_every_observable(tmp_path: Path) -> None:
    pytest.importorskip("fastjet", reason="fastjet of the extra [generate] is not installed; run make test-all")
    folder = tmp_path / "public"
    folder.mkdir()
    particles(folder / "events_anomalydetection_v2.h5")
    lhco = opened(folder, tmp_path)
    signal = lhco.signal("rd", "wprime_3500_500_100")
    assert tuple(q.name for q in signal.schema.features) == OBSERVABLES
    kept = [i for i in range(30) if i % 5]
    assert sorted(signal.aux["row"].tolist()) == [i for i in kept if i % 3 == 0]
    assert signal.aux["m_jj"] == pytest.approx(np.full(len(signal), 3000.0), rel=0.05)
    assert np.abs(np.maximum(signal.aux["phi_1"], signal.aux["phi_2"])).max() <= np.pi + 1e-6
    assert np.all(signal.feature("n_1") <= 20)
    assert np.all(signal.feature("mass_1") < 600)  # not torn at phi = pi
    assert lhco.info.notes == ()


def test_an_interrupted_clustering_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fastjet", reason="fastjet of the extra [generate] is not installed; run make test-all")
    from adbench_lhco.public import particles as module

    monkeypatch.setattr(module, "PIECE", 10)
    path = tmp_path / "events_anomalydetection_v2.h5"
    particles(path)
    whole = module.read_particles(path, tmp_path / "whole")
    real, made = module.dijets_of, []

    def dijets_of(flow: object) -> object:
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(flow)
        return real(flow)

    monkeypatch.setattr(module, "dijets_of", dijets_of)
    with pytest.raises(KeyboardInterrupt):
        module.read_particles(path, tmp_path / "pieces")
    assert len(list((tmp_path / "pieces").iterdir())) == 2
    made.clear()
    again = module.read_particles(path, tmp_path / "pieces")
    assert len(made) == 1
    assert all(np.array_equal(again[name], whole[name]) for name in whole)


def test_black_boxes_with_their_background_and_the_signals_of_the_rd_events(tmp_path: Path) -> None:
    pytest.importorskip("fastjet", reason="fastjet of the extra [generate] is not installed; run make test-all")
    folder = tmp_path / "public"
    folder.mkdir()
    particles(folder / "events_LHCO2020_backgroundMC_Pythia.h5", 60, labelled=False)
    particles(folder / "events_LHCO2020_BlackBox1.h5", 20, labelled=False, seed=5)
    particles(folder / "events_LHCO2020_BlackBox3.h5", 10, labelled=False, seed=6)
    particles(folder / "events_anomalydetection_v2.h5")
    lhco = opened(folder, tmp_path)
    assert lhco.info.channels == ("bb1", "bb3")
    one, three = lhco.unlabelled("bb1"), lhco.unlabelled("bb3")
    assert one is not None
    assert three is not None
    assert (len(one), len(three)) == (16, 8)
    assert one.aux["event_id"].tolist() == [i for i in range(20) if i % 5]
    assert sum(len(part) for part in (lhco.train("bb1"), lhco.validation("bb1"), lhco.background("bb1"))) == 48
    assert len(lhco.signal("bb1", "wprime_3500_500_100")) == 8
    assert lhco.fingerprint("bb1") != lhco.fingerprint("bb3")


def test_a_table_of_another_width_is_named(tmp_path: Path) -> None:
    pytest.importorskip("fastjet", reason="fastjet of the extra [generate] is not installed; run make test-all")
    folder = tmp_path / "public"
    folder.mkdir()
    fixed(folder / "events_anomalydetection_v2.h5", range(12), np.zeros((4, 12)))
    with pytest.raises(DataError, match="has 12 columns; 700 particles have 2100"):
        opened(folder, tmp_path).prepare("rd")


def test_features_without_a_column_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    folder.mkdir()
    fixed(folder / "events_anomalydetection_v2.features.h5", ["pxj1", "label"], np.zeros((4, 2)))
    with pytest.raises(DataError, match=r"features\.h5 has no column pyj1; it has pxj1, label"):
        opened(folder, tmp_path).prepare("rd")


@pytest.mark.parametrize("archives", [True, False])
def test_real_rd_events(tmp_path: Path, archives: bool) -> None:
    """All of the archive, or the one pair of original tables."""
    folder = reference_data("lhco", "scalars_sig01.h5").parent
    if not archives:
        folder = tmp_path / "pair"
        folder.mkdir()
        for name in ("scalars_bkg01.h5", "scalars_sig01.h5"):
            (folder / name).symlink_to(reference_data("lhco", name))
    lhco = opened(folder, tmp_path)
    background = [lhco.train("rd"), lhco.validation("rd"), lhco.background("rd")]
    signal = lhco.signal("rd", "wprime_3500_500_100")
    counts = sum(map(len, background)), len(signal)
    assert counts == ((90_941, 9_059) if archives else (9_128, 872))
    counted, edges = np.histogram(signal.feature("mass_1"), 40, (200, 700))
    assert edges[np.argmax(counted)] == pytest.approx(500, abs=25)
    counted, edges = np.histogram(signal.feature("mass_2"), 40, (20, 220))
    assert edges[np.argmax(counted)] == pytest.approx(100, abs=12)
    assert np.median(signal.feature("tau21_1")) < 0.7 * np.median(background[0].feature("tau21_1"))
    assert np.median(signal.aux["m_jj"]) == pytest.approx(3500, rel=0.03)
    assert all(np.all(np.isfinite(part.features)) for part in (*background, signal))


@pytest.fixture
def zenodo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallZenodo]:
    monkeypatch.setenv("ADBENCH_CACHE_DIR", str(tmp_path / "cache"))
    made = {}
    for name in ("v2", "Z_XY_qqq"):
        path = tmp_path / f"events_anomalydetection_{name}.features.h5"
        features(path)
        made[path.name] = path.read_bytes()
    with small_zenodo() as server:
        monkeypatch.setenv("ADBENCH_ZENODO", server.url)
        server.publish("4536377", made)
        yield server


def adbench(*words: str) -> Result:
    from adbench.cli import cli

    return CliRunner().invoke(cli, list(words))


@pytest.mark.usefixtures("zenodo")
def test_from_an_empty_disk_to_events() -> None:
    fetched = adbench("datasets", "fetch", "lhco")
    assert fetched.exit_code == 0, fetched.output
    assert "fetched: 2 files" in fetched.output
    assert "cite doi:10.5281/zenodo.4536377 and arXiv:2101.08320" in fetched.output
    info = adbench("datasets", "info", "lhco", "--edition", "rd-features")
    assert info.exit_code == 0, info.output
    assert "signal zprime_3500_500_100_3prong" in info.output


def test_an_unknown_edition_is_answered_with_the_nearest() -> None:
    failed = adbench("datasets", "fetch", "lhco", "--edition", "blackboxes")
    assert "no edition of lhco to fetch 'blackboxes'. Did you mean black-boxes" in str(failed.exception)
