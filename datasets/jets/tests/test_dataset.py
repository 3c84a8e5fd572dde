"""The bundled sample and folders of generated jets as a data set."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from adbench_jets import Jets
from adbench_jets.editions import SAMPLE

from adbench.api import DataError, DatasetOptions, MissingError, UnknownNameError, UsageError
from adbench.api.dataset import source_ids


@pytest.fixture(scope="module")
def sample() -> Jets:
    return Jets(DatasetOptions())


def test_channels_and_signals(sample: Jets) -> None:
    assert sample.info.channels == ("qcd", "top")
    assert sample.info.signals == {"qcd": ("top", "zprime", "semivisible"), "top": ("qcd", "zprime", "semivisible")}
    assert sample.info.family("zprime") == sample.info.family("semivisible") == "dark_shower"
    assert sample.unlabelled("qcd") is None


@pytest.mark.parametrize("channel", ["qcd", "top"])
def test_parts_share_no_generated_event(sample: Jets, channel: str) -> None:
    parts = [sample.train(channel), sample.validation(channel), sample.background(channel)]
    sources = [set(source_ids(events).tolist()) for events in parts]
    assert not sources[0] & sources[1]
    assert not sources[0] & sources[2]
    assert not sources[1] & sources[2]
    share = np.array([len(part) for part in parts]) / sum(len(part) for part in parts)
    assert share == pytest.approx([0.6, 0.1, 0.3], abs=0.02)


def test_a_signal_is_the_test_part_of_the_other_channel(sample: Jets) -> None:
    for channel, other in (("qcd", "top"), ("top", "qcd")):
        signal, test = sample.signal(channel, other), sample.background(other)
        assert np.array_equal(signal.objects, test.objects)
        learnt = set(source_ids(sample.train(other)).tolist()) | set(source_ids(sample.validation(other)).tolist())
        assert not learnt & set(source_ids(signal).tolist())


def test_sources_of_classes_differ(sample: Jets) -> None:
    """The harness pairs and splits by source, so classes must not share numbers."""
    of_class = [set(source_ids(sample.signal("qcd", name)).tolist()) for name in sample.info.signals["qcd"]]
    of_class.append(set(source_ids(sample.background("qcd")).tolist()))
    assert len(set.union(*of_class)) == sum(map(len, of_class))


def test_schema_and_padding(sample: Jets) -> None:
    events = sample.validation("qcd")
    assert [q.name for q in events.schema.object_features] == ["pt", "eta_rel", "phi_rel"]
    assert [q.name for q in events.schema.features] == ["jet_pt", "jet_eta", "jet_mass", "jet_multiplicity"]
    assert events.objects.shape[1:] == (100, 3)
    pt = events.object("pt")
    assert np.array_equal(events.kinds > 0, pt > 0)
    assert np.all(events.objects[events.kinds == 0] == 0)
    assert np.all(np.diff(pt, axis=1) <= 1e-3 * pt[:, :-1])  # hardest first, up to the grid
    assert np.array_equal(events.present.sum(axis=1), events.feature("jet_multiplicity"))
    assert np.all(np.abs(events.object("phi_rel")) <= np.pi)


def test_features_are_those_of_the_sum_of_the_constituents(sample: Jets) -> None:
    events = sample.background("top")
    complete = events.aux["clustered_constituents"] <= 100
    assert complete.mean() > 0.9
    for feature, clustered, most in (("jet_mass", "clustered_mass", 0.3), ("jet_pt", "clustered_pt", 0.3)):
        assert np.abs(events.feature(feature) - events.aux[clustered])[complete].max() < most
    assert np.all(events.feature("jet_mass")[~complete] <= events.aux["clustered_mass"][~complete] + 0.3)


def test_the_manifest_tells_counts_and_hashes_that_are_right(sample: Jets) -> None:
    import hashlib

    manifest = json.loads((SAMPLE / "manifest.json").read_text())
    for name, entry in manifest["classes"].items():
        assert hashlib.sha256((SAMPLE / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
        assert entry["accepted"] >= sum(entry["jets"].values())
        assert entry["jets"]["test"] == len(sample.signal("qcd" if name != "qcd" else "top", name))
    assert sum(path.stat().st_size for path in SAMPLE.iterdir()) < 12e6


def test_the_fingerprint_changes_with_a_file(sample: Jets, tmp_path: Path) -> None:
    folder = tmp_path / "jets"
    shutil.copytree(SAMPLE, folder)
    options = DatasetOptions(data=folder, cache=tmp_path / "cache")
    same = Jets(options).fingerprint("qcd")
    assert same == Jets(DatasetOptions(cache=tmp_path / "cache")).fingerprint("qcd")
    (folder / "zprime.npz").write_bytes((folder / "top.npz").read_bytes())
    assert Jets(options).fingerprint("qcd") != same


def test_wrong_requests(sample: Jets, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"no channel of jets 'qdc'\. Did you mean qcd"):
        sample.train("qdc")
    with pytest.raises(UnknownNameError, match=r"no signal in channel qcd of jets 'z_prime'\. Did you mean zprime"):
        sample.signal("qcd", "z_prime")
    with pytest.raises(UnknownNameError, match=r"no edition of jets 'toptagging'\. Did you mean top-tagging"):
        Jets(DatasetOptions(edition="toptagging"))
    with pytest.raises(MissingError, match=r"top-tagging of jets is not on this disk .*adbench datasets fetch jets"):
        Jets(DatasetOptions(edition="top-tagging", cache=tmp_path))
    with pytest.raises(UsageError, match="comes divided into train, validation and test"):
        Jets(DatasetOptions(split="80-10-10"))
    with pytest.raises(UsageError, match=r"no folder"):
        Jets(DatasetOptions(data=tmp_path / "nowhere"))
    with pytest.raises(DataError, match=r"lacks train\.h5, val\.h5, test\.h5"):
        Jets(DatasetOptions(data=tmp_path))


@pytest.mark.parametrize("text", ["", "{}", '{"schema": 2, "classes": {}}', "[1]"])
def test_a_damaged_manifest_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(DataError, match=r"manifest\.json"):
        Jets(DatasetOptions(data=tmp_path))


def test_a_damaged_class_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "jets"
    shutil.copytree(SAMPLE, folder)
    (folder / "qcd.npz").write_bytes((folder / "qcd.npz").read_bytes()[:1000])
    with pytest.raises(DataError, match=r"cannot read .*qcd\.npz"):
        Jets(DatasetOptions(data=folder)).train("qcd")
    np.savez(folder / "qcd.npz", x=np.zeros(3))
    with pytest.raises(DataError, match=r"qcd\.npz is not a file of jets"):
        Jets(DatasetOptions(data=folder)).train("qcd")


def test_without_top_jets_there_is_one_channel(tmp_path: Path) -> None:
    folder = tmp_path / "jets"
    shutil.copytree(SAMPLE, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["classes"]["top"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    info = Jets(DatasetOptions(data=folder)).info
    assert info.channels == ("qcd",)
    assert info.signals == {"qcd": ("zprime", "semivisible")}
