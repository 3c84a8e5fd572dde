"""The public top-tagging set: its files, built here as pandas writes them, become the same kind of events."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from adbench_jets import Jets
from adbench_jets.toptagging import MOMENTA, public_jets
from click.testing import CliRunner, Result

from adbench.api import DataError, DatasetOptions
from adbench.generation.kinematics import wrap_phi
from adbench.testing.zenodo import SmallZenodo, small_zenodo

h5py = pytest.importorskip("h5py", reason="h5py of the extra [hdf5] is not installed")


def momenta(n: int, seed: int, slots: int = 200, phi: float | None = None) -> np.ndarray:
    """Jets of 10 to 150 massless constituents around a random axis."""
    rng = np.random.default_rng(seed)
    found = np.zeros((n, slots, 4))
    for i in range(n):
        k = int(rng.integers(10, min(151, slots)))
        pt = np.sort(rng.dirichlet(np.full(k, 0.3)) * 600)[::-1] + 0.01
        eta = rng.uniform(-1.5, 1.5) + 0.1 * rng.normal(size=k)
        angle = (rng.uniform(-np.pi, np.pi) if phi is None else phi) + 0.1 * rng.normal(size=k)
        found[i, :k] = np.column_stack([pt * np.cosh(eta), pt * np.cos(angle), pt * np.sin(angle), pt * np.sinh(eta)])
    return found


def write(path: Path, jets: np.ndarray, label: np.ndarray) -> None:
    columns = [*MOMENTA, "truthE", "truthPX", "truthPY", "truthPZ"]
    kind = np.dtype([("index", "<i8"), ("values_block_0", "<f4", (len(columns),)), ("values_block_1", "<i8", (2,))])
    rows = np.zeros(len(jets), kind)
    rows["values_block_0"][:, :800] = jets.reshape(len(jets), -1)
    rows["values_block_1"][:, 1] = label
    with h5py.File(path, "w") as file:
        group = file.create_group("table")
        group.attrs["pandas_type"] = np.bytes_("frame_table")
        group["table"] = rows
        for i, names in enumerate((columns, ["ttv", "is_signal_new"])):
            group["table"].attrs[f"values_block_{i}_kind"] = np.bytes_(pickle.dumps(names, 0))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "public"
    made.mkdir()
    for seed, (name, n) in enumerate((("train", 60), ("val", 20), ("test", 30))):
        write(made / f"{name}.h5", momenta(n, seed), np.arange(n) % 3 == 0)
    return made


def test_a_folder_of_the_public_files(folder: Path, tmp_path: Path) -> None:
    jets = Jets(DatasetOptions(data=folder, cache=tmp_path / "cache"))
    assert jets.info.channels == ("qcd", "top")
    assert jets.info.signals == {"qcd": ("top",), "top": ("qcd",)}
    assert [len(part) for part in (jets.train("qcd"), jets.validation("qcd"), jets.background("qcd"))] == [40, 13, 20]
    assert [len(part) for part in (jets.train("top"), jets.validation("top"), jets.signal("qcd", "top"))] == [20, 7, 10]
    assert jets.train("qcd").schema == Jets(DatasetOptions()).train("qcd").schema
    assert jets.train("qcd").aux["row"][:4].tolist() == [1, 2, 4, 5]
    again = Jets(DatasetOptions(data=folder, cache=tmp_path / "cache"))
    assert np.array_equal(again.train("top").objects, jets.train("top").objects)
    assert again.fingerprint("qcd") == jets.fingerprint("qcd")


def test_four_momenta_become_constituents_and_back() -> None:
    given = momenta(40, 5, slots=100)
    events = public_jets(given, "top", np.arange(40))
    pt, eta, phi = (events.object(name).astype(float) for name in ("pt", "eta_rel", "phi_rel"))
    total = given.sum(axis=1)
    jet_pt = np.hypot(total[:, 1], total[:, 2])
    mass = np.sqrt(total[:, 0] ** 2 - jet_pt**2 - total[:, 3] ** 2)
    assert events.feature("jet_pt") == pytest.approx(jet_pt, rel=1e-5)
    assert events.feature("jet_mass") == pytest.approx(mass, rel=1e-3)
    assert events.feature("jet_eta") == pytest.approx(np.arcsinh(total[:, 3] / jet_pt), abs=1e-4)
    assert np.all(np.diff(pt, axis=1) <= 0)
    angle = wrap_phi(phi + events.aux["jet_phi"][:, None])
    rebuilt = np.where(pt > 0, pt * np.cos(angle), 0).sum(axis=1)
    assert rebuilt == pytest.approx(total[:, 1], abs=1e-2)
    assert np.abs(eta).max() < 1


def test_more_than_a_hundred_constituents_are_cut_to_the_hardest() -> None:
    events = public_jets(momenta(30, 7), "qcd", np.arange(30))
    many = events.aux["clustered_constituents"] > 100
    assert many.any()
    assert events.objects.shape == (30, 100, 3)
    assert np.all(events.feature("jet_multiplicity") == np.minimum(events.aux["clustered_constituents"], 100))
    assert np.all(events.feature("jet_pt")[many] < events.aux["clustered_pt"][many])


def test_a_jet_at_the_seam_is_not_torn() -> None:
    events = public_jets(momenta(30, 9, phi=np.pi), "qcd", np.arange(30))
    assert np.abs(events.object("phi_rel")).max() < 1


def test_a_file_of_one_class_is_refused(folder: Path, tmp_path: Path) -> None:
    write(folder / "val.h5", momenta(5, 1), np.zeros(5))
    with pytest.raises(DataError, match=r"val\.h5 has no top jets"):
        Jets(DatasetOptions(data=folder, cache=tmp_path / "cache")).prepare("qcd")


@pytest.fixture
def zenodo(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallZenodo]:
    monkeypatch.setenv("ADBENCH_CACHE_DIR", str(tmp_path / "cache"))
    with small_zenodo() as server:
        monkeypatch.setenv("ADBENCH_ZENODO", server.url)
        server.publish("2603256", {path.name: path.read_bytes() for path in sorted(folder.iterdir())})
        yield server


def adbench(*words: str) -> Result:
    from adbench.cli import cli

    return CliRunner().invoke(cli, list(words))


@pytest.mark.usefixtures("zenodo")
def test_from_an_empty_disk_to_events() -> None:
    fetched = adbench("datasets", "fetch", "jets")
    assert fetched.exit_code == 0, fetched.output
    assert "fetched: 3 files" in fetched.output
    assert "cite doi:10.5281/zenodo.2603256 and arXiv:1902.09914" in fetched.output
    assert "already here: 3 files" in adbench("datasets", "fetch", "jets", "--offline").output
    info = adbench("datasets", "info", "jets", "--edition", "top-tagging")
    assert info.exit_code == 0, info.output
    assert "DOI      10.5281/zenodo.2603256" in info.output


def test_offline_without_files_names_the_command(tmp_path: Path) -> None:
    failed = adbench("datasets", "fetch", "jets", "--offline", "--out", str(tmp_path / "new"))
    assert "train.h5, val.h5, test.h5 of record 2603256 is not in" in str(failed.exception)
    assert "adbench datasets fetch jets" in str(failed.exception)
