from __future__ import annotations

import pytest
from adbench_darkmachines.generator.processes import BACKGROUNDS, NOT_AVAILABLE, Process
from adbench_darkmachines.generator.signals import SIGNALS, signals_of
from adbench_darkmachines.generator.slha import spectrum
from adbench_darkmachines.selection import CHANNELS

GLUINO, CHI, STOP = 1000021, 1000022, 1000006


def blocks(text: str) -> dict[str, list[list[str]]]:
    """Read an SLHA file independently of how it was written."""
    found: dict[str, list[list[str]]] = {}
    for line in text.splitlines():
        words = line.split()
        if words[0] in ("BLOCK", "DECAY"):
            name = f"DECAY {words[1]}" if words[0] == "DECAY" else words[1]
            found[name] = []
        else:
            found[name].append(words)
    return found


def test_spectrum_holds_masses_and_decays() -> None:
    text = spectrum({GLUINO: 1400.0, CHI: 1100.0}, {GLUINO: [(0.2, (CHI, q, -q)) for q in range(1, 6)]})
    found = blocks(text)
    masses = {int(code): float(mass) for code, mass in found["MASS"]}
    assert masses[GLUINO] == 1400.0
    assert masses[CHI] == 1100.0
    assert masses[STOP] == 1.0e4
    modes = found["DECAY 1000021"]
    assert sum(float(mode[0]) for mode in modes) == pytest.approx(1.0)
    assert [mode[1:] for mode in modes][4] == ["3", "1000022", "5", "-5"]
    assert len(found["NMIX"]) == 16
    assert found["MODSEL"] == [["1", "0"]]


def test_closed_decay_is_refused() -> None:
    with pytest.raises(ValueError, match=r"decay 1000021 -> \(1000022, 6, -6\) is closed: 1445 GeV needed"):
        spectrum({GLUINO: 1400.0, CHI: 1100.0}, {GLUINO: [(1.0, (CHI, 6, -6))]})


def test_resonant_stop_is_right_handed_and_violates_r_parity() -> None:
    found = blocks(SIGNALS["monotop_200_A"].slha or "")
    assert [float(row[2]) for row in found["STOPMIX"]] == [0.0, 1.0, -1.0, 0.0]
    assert found["MODSEL"] == [["1", "0"], ["4", "1"]]
    assert len(found["RVLAMUDD"]) == 3


def test_the_34_pairs_of_the_challenge() -> None:
    assert {channel: len(signals_of(channel)) for channel in CHANNELS} == {"1": 8, "2a": 7, "2b": 9, "3": 10}
    assert len(SIGNALS) == 19


def test_every_process_of_table_2_is_there_or_not_available() -> None:
    names = [name for process in BACKGROUNDS for name in process.names] + list(NOT_AVAILABLE)
    table_2 = [
        *("njets", "w_jets", "gam_jets", "z_jets", "ttbar", "singletop", "singletopbar", "ww", "wtop", "wtopbar"),
        *("2gam", "Wgam", "zw", "Zgam", "zz", "single_higgs", "ttbarGam", "ttbarZ", "ttbarHiggs", "atop", "ttbarW"),
        *("atopbar", "ztop", "ztopbar", "4top", "ttbarWW"),
    ]
    assert sorted(names) == sorted(table_2)


def test_slices_of_a_channel_have_different_names_and_no_holes() -> None:
    for process in BACKGROUNDS:
        assert len({part.name for part in process.slices}) == len(process.slices)
        for part in process.slices:
            assert set(part.channels) <= set(CHANNELS)
            assert 1 <= part.copies <= 4
            assert 1 <= part.keep <= 3
            assert part.passes == part.copies * part.draws
    keys = [process.key for process in BACKGROUNDS]
    assert len(set(keys) | set(SIGNALS)) == len(keys) + len(SIGNALS)


@pytest.mark.slow
@pytest.mark.usefixtures("generator_extra")
@pytest.mark.parametrize("process", [*BACKGROUNDS, *SIGNALS.values()], ids=lambda process: process.key)
def test_pythia_accepts_all_settings(process: Process) -> None:
    from adbench_darkmachines.generator import pythia

    for part in process.slices:
        engine = pythia.configure((*process.settings, *part.settings), 1, process.slha)
        particles, _ = next(pythia.batches(engine, 5))
        assert particles.n_events == 5
        assert pythia.cross_section(engine) > 0.0


@pytest.mark.usefixtures("generator_extra")
def test_unknown_setting_is_named() -> None:
    from adbench_darkmachines.generator import pythia

    with pytest.raises(ValueError, match="Top:gg2ttbarr=on"):
        pythia.configure(("Top:gg2ttbarr=on",), 1)
