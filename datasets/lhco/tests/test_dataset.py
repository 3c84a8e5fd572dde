"""The bundled sample and folders of generated events as a data set."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from adbench_lhco import Lhco
from adbench_lhco.card import KINEMATICS, OBSERVABLES, SIGNALS
from adbench_lhco.editions import SAMPLE
from adbench_lhco.split import SHARES, divided
from hypothesis import given
from hypothesis import strategies as st

from adbench.api import DataError, DatasetOptions, Events, MissingError, UnknownNameError, UsageError
from adbench.api.dataset import source_ids
from adbench.api.noise import content_keys


@pytest.fixture(scope="module")
def sample() -> Lhco:
    return Lhco(DatasetOptions())


def test_channels_differ_in_their_black_box_only(sample: Lhco) -> None:
    assert sample.info.channels == ("bb1", "bb2")
    assert sample.info.signals == dict.fromkeys(("bb1", "bb2"), tuple(SIGNALS))
    assert np.array_equal(sample.train("bb1").features, sample.train("bb2").features)
    one, two = sample.unlabelled("bb1"), sample.unlabelled("bb2")
    assert one is not None
    assert two is not None
    shared = set(content_keys(one).tolist()) & set(content_keys(two).tolist())
    assert not shared


def test_two_prong_signals_are_a_family(sample: Lhco) -> None:
    families = {name: sample.info.family(name) for name in SIGNALS}
    assert families["wprime_3500_500_100"] == families["wprime_4500_500_150"] != families["zprime_5000_500_500"]


def test_detectors_get_the_observables_and_never_the_mass(sample: Lhco) -> None:
    events = sample.train("bb1")
    assert tuple(q.name for q in events.schema.features) == OBSERVABLES
    assert len(OBSERVABLES) == 12
    assert set(KINEMATICS) <= set(events.aux)
    assert sample.info.masses == ("m_jj",)
    assert events.stripped().aux == {}
    assert events.objects.shape == (len(events), 0, 0)
    assert events.tabular.names == tuple(f"{q.name} [GeV]" if q.unit else q.name for q in events.schema.features)
    assert events.tabular().shape == (len(events), 12)


def test_parts_of_the_background_share_no_event(sample: Lhco) -> None:
    parts = [sample.train("bb1"), sample.validation("bb1"), sample.background("bb1")]
    sources = np.concatenate([source_ids(part) for part in parts])
    assert len(np.unique(sources)) == len(sources)
    share = np.array([len(part) for part in parts]) / len(sources)
    assert share == pytest.approx(SHARES, abs=0.03)
    signals = [source_ids(sample.signal("bb1", name)) for name in SIGNALS]
    assert len(np.unique(np.concatenate([sources, *signals]))) == len(sources) + sum(map(len, signals))


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=30), st.permutations(range(5)))
def test_an_events_part_depends_on_its_source_alone(sources: list[int], order: list[int]) -> None:
    alone = [int(divided(np.array([source]))[0]) for source in sources]
    assert divided(np.array(sources)).tolist() == alone
    assert set(alone) <= {0, 1, 2}


def test_black_boxes_have_ids_and_no_labels(sample: Lhco) -> None:
    for channel in ("bb1", "bb2"):
        box = sample.unlabelled(channel)
        assert isinstance(box, Events)
        assert len(np.unique(box.aux["event_id"])) == len(box)
        assert {"m_jj", "event_id"} <= set(box.aux)
        assert not {"process", "label"} & set(box.aux)
        assert len(sample.key(channel)) == len(box)


def test_the_key_tells_the_hidden_events(sample: Lhco) -> None:
    manifest = json.loads((SAMPLE / "manifest.json").read_text())
    for channel in ("bb1", "bb2"):
        assert int(sample.key(channel).sum()) == manifest["boxes"][channel]["hidden_events"]
    key = sample.key("bb1")
    assert 0 < key.sum() < 0.05 * len(key)
    assert sample.key("bb2").sum() == 0
    half = len(key) // 2
    assert abs(int(key[:half].sum()) - int(key[half:].sum())) < 5 * np.sqrt(key.sum())  # order says nothing
    hidden = int(key.sum())
    assert any(
        f"channel bb1: black box of {len(key):,} events, {hidden:,} of a hidden signal" in n for n in sample.info.notes
    )


def test_the_manifest_tells_hashes_that_are_right() -> None:
    manifest = json.loads((SAMPLE / "manifest.json").read_text())
    entries = [manifest["background"], *manifest["signals"].values(), *manifest["boxes"].values()]
    for entry in entries:
        assert hashlib.sha256((SAMPLE / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    assert sum(path.stat().st_size for path in SAMPLE.iterdir()) < 12e6


def test_the_fingerprint_is_of_the_files_that_the_channel_needs(sample: Lhco, tmp_path: Path) -> None:
    folder = tmp_path / "lhco"
    shutil.copytree(SAMPLE, folder)
    options = DatasetOptions(data=folder, cache=tmp_path / "cache")
    before = {channel: Lhco(options).fingerprint(channel) for channel in ("bb1", "bb2")}
    assert before["bb1"] != before["bb2"]
    (folder / "bb1.npz").write_bytes((folder / "bb2.npz").read_bytes())
    assert Lhco(options).fingerprint("bb1") != before["bb1"]
    assert Lhco(options).fingerprint("bb2") == before["bb2"]


def test_wrong_requests(sample: Lhco, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"no channel of lhco 'bb3'\. Did you mean bb1 or bb2"):
        sample.train("bb3")
    with pytest.raises(UnknownNameError, match=r"no edition of lhco 'rd_features'\. Did you mean rd-features"):
        Lhco(DatasetOptions(edition="rd_features"))
    with pytest.raises(MissingError, match=r"adbench datasets fetch lhco --edition black-boxes"):
        Lhco(DatasetOptions(edition="black-boxes", cache=tmp_path))
    with pytest.raises(UsageError, match="one split of its own"):
        Lhco(DatasetOptions(split="80-10-10"))
    with pytest.raises(UsageError, match="no folder"):
        Lhco(DatasetOptions(data=tmp_path / "nowhere"))
    with pytest.raises(DataError, match=r"no file of the LHC Olympics that is known.*fetch lhco --edition rd-features"):
        Lhco(DatasetOptions(data=tmp_path))


@pytest.mark.parametrize("text", ["", "{}", '{"schema": 2, "background": {}}', "[1]"])
def test_a_damaged_manifest_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(DataError, match=r"manifest\.json"):
        Lhco(DatasetOptions(data=tmp_path))


def test_files_that_are_something_else_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "lhco"
    shutil.copytree(SAMPLE, folder)
    np.savez(folder / "qcd.npz", mass_1=np.zeros(3))
    with pytest.raises(DataError, match=r"qcd\.npz is not a file of dijet events: it lacks tau21_1"):
        Lhco(DatasetOptions(data=folder)).train("bb1")
    shutil.copy(SAMPLE / "bb2.npz", folder / "qcd.npz")
    with pytest.raises(DataError, match=r"qcd\.npz is not divided into train"):
        Lhco(DatasetOptions(data=folder)).train("bb1")


def test_without_boxes_there_is_one_channel_and_no_key(tmp_path: Path) -> None:
    folder = tmp_path / "lhco"
    shutil.copytree(SAMPLE, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["boxes"] = {}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    lhco = Lhco(DatasetOptions(data=folder))
    assert lhco.info.channels == ("rd",)
    assert lhco.unlabelled("rd") is None
    with pytest.raises(MissingError, match="has no key of a black box"):
        lhco.key("rd")
