from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adbench.api import Estimate
from adbench.leaderboard.cache import EstimateCache
from adbench.leaderboard.entries import Entry, Gap
from adbench.leaderboard.gathering import average, gather
from adbench.leaderboard.selection import select_runs
from adbench.metrics.auc import AUC
from adbench.statistics.student import joint_error

SHARES = st.floats(0.0, 1.0)
ESTIMATES = st.lists(
    st.tuples(SHARES, SHARES, SHARES).map(lambda t: Estimate(*(sorted(t)[i] for i in (1, 0, 2)))),
    min_size=1,
    max_size=6,
)


def entries(pretend: Any, **options: Any) -> dict[str, Entry]:
    given_options = {"all_scores": False, "halves": False, "cache": EstimateCache(), **options}
    return {entry.name: entry for entry in gather(select_runs(pretend.store), [AUC], **given_options)}


def test_seeds_are_averaged_by_the_written_rule() -> None:
    cell = average({0: Estimate(0.80, 0.78, 0.81), 1: Estimate(0.84, 0.80, 0.87), 2: Estimate(0.82, 0.79, 0.84)})
    assert cell.value == pytest.approx(0.82)
    assert cell.spread == pytest.approx(0.02)
    error = 0.02 / math.sqrt(3)
    assert cell.low == pytest.approx(0.82 - joint_error(0.03, error, 3))
    assert cell.high == pytest.approx(0.82 + joint_error(0.02, error, 3))
    assert cell.by_seed == {0: 0.80, 1: 0.84, 2: 0.82}


def test_one_seed_is_itself() -> None:
    cell = average({4: Estimate(0.3, 0.1, 0.4, "unmeasured: few", measured=False)})
    assert (cell.value, cell.low, cell.high, cell.note, cell.measured) == (0.3, 0.1, 0.4, "unmeasured: few", False)
    assert math.isnan(cell.spread)


def test_a_seed_without_a_figure_leaves_the_cell_without_one() -> None:
    cell = average({0: Estimate(0.5, 0.4, 0.6), 1: Estimate(math.nan, math.nan, math.nan, "no events", measured=False)})
    assert math.isnan(cell.value)
    assert (cell.note, cell.measured) == ("no events", False)


@given(ESTIMATES)
def test_an_average_stays_inside_what_the_metric_allows(estimates: list[Estimate]) -> None:
    cell = average(dict(enumerate(estimates)), (0.0, 1.0))
    assert 0.0 <= cell.low <= cell.value + 1e-12
    assert cell.value - 1e-12 <= cell.high <= 1.0


def test_runs_of_one_detector_and_parameters_are_one_entry(pretend: Any) -> None:
    for seed, fit in ((0, 1.0), (1, 3.0)):
        pretend.run("vae", "1", seed, fit=fit)
        pretend.run("vae", "2a", seed, fit=fit)
    pretend.run("vae", "1", params={"beta": 0.5}, entry="vae[beta=0.5]")
    found = entries(pretend)
    assert set(found) == {"vae", "vae[beta=0.5]"}
    vae = found["vae"]
    assert (vae.detector, vae.source, vae.supervision) == ("vae", "run", "unsupervised")
    assert (vae.seeds, vae.fit_seconds, len(vae.keys)) == ((0, 1), 2.0, 4)
    assert set(vae.cells) == {("1", "glgl1400"), ("1", "stlp_st1000"), ("2a", "chacha_300")}
    values = [cell["auc"].by_seed for cell in vae.cells.values()]
    assert all(set(by_seed) == {0, 1} for by_seed in values)


def test_the_same_parameters_under_two_names_are_one_entry(pretend: Any) -> None:
    pretend.run("vae", "1", params={"beta": 1.0}, entry="vae[beta=1]")
    pretend.run("vae", "2a", params={"beta": 1.0}, entry="vae")
    assert set(entries(pretend)) == {"vae"}


def test_gaps_carry_status_reason_and_seeds(pretend: Any) -> None:
    for channel in ("1", "2a", "10"):
        pretend.run("met", channel)
    pretend.run("vae", "1", 0)
    pretend.run("vae", "1", 1, status="out_of_memory", reason="needed 9 GB")
    pretend.run("vae", "2a", 0, status="skipped", reason="no prior has 200 events")
    found = entries(pretend)
    assert found["met"].gaps == ()
    assert found["vae"].gaps == (
        Gap("1", (1,), "out of memory: needed 9 GB"),
        Gap("2a", (0,), "skipped: no prior has 200 events"),
        Gap("10", (), "not run"),
    )


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 cut off", None])
def test_damaged_scores_are_a_gap_of_their_run_alone(pretend: Any, damage: bytes | None) -> None:
    for seed in (0, 1):
        run = pretend.run("vae", "1", seed)
    pretend.run("met", "1")
    scores = run.folder / "scores.npz"
    scores.unlink() if damage is None else scores.write_bytes(damage)
    found = entries(pretend)
    assert found["met"].gaps == ()
    (gap,) = found["vae"].gaps
    assert (gap.channel, gap.seeds) == ("1", (1,))
    assert gap.reason.startswith("damaged scores: ")
    assert str(run.folder) in gap.reason
    assert "run again" in gap.reason
    assert (found["vae"].seeds, len(found["vae"].keys)) == ((0,), 1)
    assert found["vae"].cells["1", "glgl1400"]["auc"].by_seed.keys() == {0}


def test_scores_that_are_no_numbers_are_a_gap_with_their_folder(pretend: Any) -> None:
    samples = pretend.samples("2a", 0, 1.0, ("score",), 50, 20)
    samples["background"].scores["score"][3] = math.nan
    run = pretend.run("vae", "2a", samples=samples)
    (gap,) = entries(pretend)["vae"].gaps
    assert "NaN" in gap.reason
    assert gap.reason.endswith(f"; remove {run.folder} and run again")


def test_all_scores_make_entries_of_their_own(pretend: Any) -> None:
    pretend.run("vae", scores=("chamfer", "kl"), shifts=2.0)
    pretend.run("met")
    assert set(entries(pretend)) == {"vae", "met"}
    found = entries(pretend, all_scores=True)
    assert set(found) == {"vae:chamfer", "vae:kl", "met"}
    assert found["vae:kl"].score == "kl"
    column = ("1", "glgl1400")
    assert found["vae:chamfer"].cells[column]["auc"].value == entries(pretend)["vae"].cells[column]["auc"].value
