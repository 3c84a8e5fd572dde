"""Files by process become one background: places, weights, shares of a division."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from adbench_darkmachines import DarkMachines
from adbench_darkmachines.card import SCHEMA
from adbench_darkmachines.mixing import interleaved, weight_of
from adbench_darkmachines.processes import PROCESSES
from hypothesis import given
from hypothesis import strategies as st

from adbench.api import DataError, DatasetOptions, UsageError

Line = Callable[..., str]
Csv = Callable[..., Path]

LEPTONS = (("e-", 40.0, 0.0), ("m+", 30.0, 0.5), ("e+", 20.0, 1.0))
JETS = (("j", 300.0, 0.5), ("b", 200.0, -1.0), ("j", 120.0, 0.0), ("j", 80.0, 2.0))


@given(lines=st.lists(st.integers(1, 60), min_size=1, max_size=5))
def test_interleaving_takes_each_place_once_and_divides_every_file_alike(lines: list[int]) -> None:
    places = interleaved([np.arange(1, n + 1) for n in lines], lines)
    assert sorted(np.concatenate(places).tolist()) == list(range(1, sum(lines) + 1))
    for place, n in zip(places, lines, strict=True):
        assert (np.diff(place) > 0).all()
        rounding = 1.0 + n * len(lines) / (2.0 * sum(lines))  # half a line of this file, and of all others
        for share in (0.5, 0.8, 0.9):
            assert abs(np.count_nonzero(place <= share * sum(lines)) - share * n) <= rounding


def test_no_place_overflows_at_the_size_of_the_full_generation() -> None:
    largest = max(p.generated for p in PROCESSES)
    lines = [p.generated for p in PROCESSES]
    rows = [np.array([1, n // 2, n], np.int64) for n in lines]
    places = interleaved(rows, lines)
    assert max(int(place.max()) for place in places) == sum(lines)
    assert abs(int(places[lines.index(largest)][1]) / sum(lines) - 0.5) < 1e-6


@pytest.fixture
def full(line: Line, csv: Csv, tmp_path: Path) -> Path:
    """Two backgrounds and two signals: 200 lines of njets, of which every other is in channel 1, 20 of zz."""
    njets = [line(JETS, met=300.0 if i % 2 else 10.0, process="njets", event=1) for i in range(200)]
    csv(njets, "full/sm/njets_10fb.csv")
    zz = [line((*LEPTONS, *JETS[:3]), met=60.0 + i, process="zz") for i in range(20)]
    csv(zz, "full/sm/zz_10fb.csv.gz")
    csv(
        [line((*JETS, *LEPTONS[:2]), met=400.0, process="stlp_st1000") for _ in range(7)],
        "full/bsm_10fb/stlp_st1000_10fb.csv",
    )
    csv(
        [line((*LEPTONS, *JETS[:1]), met=400.0, process="pp23mt_50") for _ in range(9)],
        "full/bsm_10fb/pp23mt_50_10fb.csv",
    )
    return tmp_path / "full"


@pytest.fixture
def opened(full: Path, tmp_path: Path) -> Callable[..., DarkMachines]:
    def open_dataset(data: Path = full, **options: object) -> DarkMachines:
        return DarkMachines(DatasetOptions(data=data, cache=tmp_path / "cache", **options))  # type: ignore[arg-type]

    return open_dataset


Opened = Callable[..., DarkMachines]


def test_channels_are_cut_out_of_every_process(opened: Opened) -> None:
    data = opened()
    assert data.info.channels == ("1", "2a", "2b", "3")
    assert data.info.signals["1"] == ("stlp_st1000",)
    assert data.info.signals["2a"] == ("pp23mt_50",)
    assert len(data.signal("1", "stlp_st1000")) == 7
    assert len(data.train("2a")) == 16
    assert len(data.train("1")) == 80


def test_every_part_has_every_process_and_weights_are_those_of_10_inverse_fb(opened: Opened) -> None:
    data = opened()
    total: Counter[str] = Counter()
    for part, events in (("train", 16), ("validation", 2), ("test", 2)):
        found = data.background("2b") if part == "test" else getattr(data, part)("2b")
        assert Counter(SCHEMA.processes[i] for i in found.aux["process"]) == {"zz": events}
        np.testing.assert_allclose(found.weights, 9.91 * 1e4 / 20, rtol=1e-6)
        total["zz"] += float(found.weights.sum())
    assert total["zz"] == pytest.approx(99_100, rel=1e-6)
    for part in (data.train("3"), data.validation("3"), data.background("3")):  # njets in every second line, and all zz
        names = Counter(SCHEMA.processes[i] for i in part.aux["process"])
        assert set(names) == {"njets"}
        np.testing.assert_allclose(part.weights, weight_of("njets", 200), rtol=1e-6)


def test_processes_lie_mixed_and_no_place_comes_twice(line: Line, csv: Csv, opened: Opened, full: Path) -> None:
    csv([line(JETS, met=300.0, process="ttbar") for _ in range(50)], "full/sm/ttbar_10fb.csv")
    data = opened(split="arxiv-2205.01697")
    parts = [data.background("1"), data.validation("1"), data.train("1")]
    counts = [Counter(SCHEMA.processes[i] for i in part.aux["process"]) for part in parts]
    assert counts == [{"njets": 10, "ttbar": 5}, {"njets": 10, "ttbar": 5}, {"njets": 80, "ttbar": 40}]
    rows = np.concatenate([part.aux["row"] for part in parts])
    assert len(np.unique(rows)) == len(rows) == 150
    assert (np.diff(rows) > 0).all()
    names = [SCHEMA.processes[i] for i in parts[0].aux["process"]]
    assert {*names[:4]} == {"njets", "ttbar"}  # the first events are a mixture
    share = sum(part.weights[part.aux["process"] == SCHEMA.processes.index("ttbar")].sum() for part in parts)
    assert share == pytest.approx(541e4, rel=1e-5)


def test_what_is_missing_and_incomplete_is_told(opened: Opened) -> None:
    notes = opened().info.notes
    assert notes[0] == (
        "channel 2a: incomplete; it selects any HT, but some processes were generated from a higher HT on: njets "
        "(600 GeV), w_jets (100 GeV), gam_jets (100 GeV), z_jets (100 GeV)"
    )
    assert notes[1].startswith("channel 2b: incomplete; it selects HT >= 50 GeV")
    assert notes[2].startswith("24 of 26 processes are not here: w_jets, gam_jets")
    assert not [note for note in notes if "channel 1: incomplete" in note or "channel 3: incomplete" in note]


def test_the_mixture_is_made_once_and_follows_its_files(opened: Opened, line: Line, csv: Csv, full: Path) -> None:
    before, first = opened().fingerprint("1"), opened().train("1")
    again = opened().train("1")
    np.testing.assert_array_equal(first.objects, again.objects)
    csv([line(JETS, met=300.0, process="njets")] * 100, "full/sm/njets_10fb.csv")
    assert opened().fingerprint("1") != before
    assert opened().train("1").weights[0] == pytest.approx(weight_of("njets", 100), rel=1e-6)


def test_malformed_lines_carry_no_cross_section(opened: Opened, line: Line, csv: Csv, full: Path) -> None:
    csv([line(JETS, met=300.0), "rubbish"] * 100, "full/sm/njets_10fb.csv")
    data = opened(skip_bad_lines=True)
    assert data.train("1").weights[0] == pytest.approx(weight_of("njets", 100), rel=1e-6)
    assert [note for note in data.info.notes if "njets_10fb.csv: 100 of 200 lines are malformed" in note]


def test_what_makes_no_sense_with_files_by_process(opened: Opened, line: Line, csv: Csv, full: Path) -> None:
    with pytest.raises(UsageError, match=r"has one file per process, .*k-folds cannot divide; take 80-10-10 or arxiv-"):
        opened(split="k-folds")
    with pytest.raises(UsageError, match=r"hold the events of every channel, .*leave out --raw"):
        opened(raw=True)
    csv([line()], "full/sm/mystery_10fb.csv")
    with pytest.raises(
        DataError, match=r"mystery_10fb.csv: no cross-section of 'mystery' is known; expected one of nj"
    ):
        opened()
    (full / "sm/mystery_10fb.csv").rename(full / "single_top_10fb.csv")
    assert "singletop" in opened()._layout.channels["1"].background
    csv([line()], "full/sm/singletop_10fb.csv")
    with pytest.raises(DataError, match=r"are the same process by their names; keep one of them"):
        opened()


def test_no_event_of_any_process_in_a_channel(opened: Opened, full: Path) -> None:
    (full / "sm/zz_10fb.csv.gz").unlink()
    with pytest.raises(DataError, match=r"no background event passes the selection: none of 200 lines of njets"):
        opened().prepare("2a")
