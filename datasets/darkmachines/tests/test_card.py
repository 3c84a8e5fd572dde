from __future__ import annotations

import subprocess
import sys

import pytest
from adbench_darkmachines.card import CHANNEL_CARDS, OTHER, PROCESS_INDEX, SCHEMA
from adbench_darkmachines.plugin import adbench_datasets
from adbench_darkmachines.processes import PROCESSES
from adbench_darkmachines.selection import CHANNELS
from adbench_darkmachines.signals import FAMILIES, PAIRS, SIGNALS


def test_nineteen_signals_and_thirty_four_pairs() -> None:
    assert len(SIGNALS) == 19
    assert {channel: len(names) for channel, names in PAIRS.items()} == {"1": 8, "2a": 7, "2b": 9, "3": 10}
    assert tuple(PAIRS) == tuple(CHANNELS) == tuple(CHANNEL_CARDS)


def test_published_signal_events_add_up() -> None:
    # arXiv:2105.14027 states these sums for channels 1, 2b and 3, and 5868 for 2a without its gluino file of 5221.
    sums = {channel: sum(s.events.get(channel, 0) for s in SIGNALS.values()) for channel in CHANNELS}
    assert sums == {"1": 38_666, "2a": 5868 + 5221, "2b": 89_676, "3": 1_023_320}


def test_published_background_events() -> None:
    assert [card.background for card in CHANNEL_CARDS.values()] == [214_185, 20_005, 340_268, 8_544_111]


def test_families_hold_variants_of_one_model() -> None:
    assert {signal.family for signal in SIGNALS.values()} == set(FAMILIES)
    by_family = {family: {n for n, s in SIGNALS.items() if s.family == family} for family in FAMILIES}
    assert by_family["gluino"] == {
        "glgl1400_neutralino1100",
        "glgl1600_neutralino800",
        "gluino_1000.0_neutralino_1.0",
    }
    assert by_family["mutau"] == {"pp23mt_50", "pp24mt_50"}
    assert len(by_family["chaneut"]) == 4
    assert len(by_family["chacha"]) == 3
    assert by_family["squark"] == {"sqsq_sq1800_neut800"}


def test_published_pairs_are_those_of_the_challenge(published_pairs: set[tuple[str, str]]) -> None:
    assert {(channel, name) for channel, names in PAIRS.items() for name in names} == published_pairs


@pytest.fixture
def published_pairs() -> set[tuple[str, str]]:
    import csv

    from adbench.testing import reference_data

    with reference_data("darkmachines_published", "AE.csv").open() as file:
        return {(row["Chan"].removeprefix("chan"), row["Signal"]) for row in csv.DictReader(file)}


# Table 2 also gives the events expected in 10 fb^-1, an independent check of every cross-section.
IN_10_FB = [
    *(197179140, 105366237, 79268824, 37529592, 5412187, 1297142, 1116396, 821354, 577541, 577541, 470656, 450672),
    *(315781, 299439, 99092, 19383, 15471, 5874, 4568, 3947, 3495, 2707, 2554, 1524, 96, 85),
]


def test_processes_of_table_2() -> None:
    assert len(PROCESSES) == 26
    assert [p.cross_section * 1e4 for p in PROCESSES] == pytest.approx(IN_10_FB, rel=0.02)
    assert SCHEMA.processes[-1] == OTHER
    assert len(set(SCHEMA.processes)) == 26 + 19 + 1
    assert PROCESS_INDEX["single_top"] == PROCESS_INDEX["singletop"]


def test_schema_of_an_event() -> None:
    assert [q.name for q in SCHEMA.object_features] == ["E", "pt", "eta", "phi"]
    assert [q.unit for q in SCHEMA.object_features] == ["GeV", "GeV", "", "rad"]
    assert [q.name for q in (*SCHEMA.object_features, *SCHEMA.features) if q.periodic] == ["phi", "met_phi"]
    assert [kind.name for kind in SCHEMA.kinds] == ["j", "b", "e-", "e+", "m-", "m+", "g"]
    assert [kind.name for kind in SCHEMA.kinds if kind.jet] == ["j", "b"]


def test_spec_names_the_data_set() -> None:
    (spec,) = adbench_datasets()
    assert spec.name == "darkmachines"
    assert spec.splits == ("80-10-10", "arxiv-2110.08508", "arxiv-2205.01697", "k-folds")
    assert spec.load().__name__ == "DarkMachines"


def test_the_hook_costs_neither_numpy_nor_numba() -> None:
    code = "import adbench_darkmachines.plugin as p, sys; p.adbench_datasets()"
    code += "; print([m for m in ('numpy', 'numba') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
