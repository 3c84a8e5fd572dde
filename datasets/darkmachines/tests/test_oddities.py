"""Everything odd about the official files, and the test that holds the reader to it.

The table is the audit: an oddity without a test, or a test that was renamed, fails here. The tests of this file are
those that stood nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from adbench_darkmachines import Report, read_events
from adbench_darkmachines.layout import find_files
from adbench_darkmachines.signals import PAIRS

from adbench.api import DataError

Line = Callable[..., str]
Csv = Callable[..., Path]

ODDITIES = (
    ("no header; ';' between fields, ',' within an object", "reader_format::test_the_line_printed_in_the_paper"),
    ("the first line is an event, not a header", "oddities::test_the_first_line_counts"),
    ("each line ends with ';', the paper's does not", "reader_format::test_trailing_semicolon_or_none_and_line_ends"),
    ("MeV in the file", "real_files::test_numbers_are_those_of_the_text"),
    ("six digits, so 1.11905e+06 from 1e6 on", "oddities::test_numbers_of_a_million_and_more"),
    ("angles rounded past pi", "oddities::test_angles_rounded_past_pi"),
    ("muons are m- and m+, or mu- and mu+", "reader_format::test_symbols"),
    ("no tau, no c jet; a is no photon", "oddities::test_symbols_of_other_formats_are_refused"),
    ("objects by kind, then by pT", "reader_format::test_objects_of_all_kinds_are_ordered_by_pt_and_ties_by_place"),
    ("any number of objects", "reader_format::test_any_number_of_objects"),
    ("massless objects with E rounded below pT", "oddities::test_energy_rounded_below_pt"),
    ("the event ID is the same in a whole signal file", "dataset::test_official_event_ids_are_no_sources"),
    ("event IDs repeat in the unlabelled files", "editions_read::test_the_secret_data_are_scored_by_what_is_trained"),
    ("the process ID of a signal is the file's stem", "oddities::test_process_of_a_signal_file"),
    ("singletop in files, single_top in Table 2", "reader_format::test_rows_sources_weights_and_processes"),
    ("processes on no card", "dataset::test_what_it_says_of_itself"),
    ("the weight is 1, or tiny in signal files, and unused", "oddities::test_weights_of_the_files_are_not_used"),
    ("luminosity in the name of the background file", "layout::test_official_names"),
    ("the dot of Zp2000.0 in names", "layout::test_official_names"),
    ("unlabeled with one l", "layout::test_official_names"),
    ("a folder per channel inside training_files", "layout::test_sub_folders"),
    ("a folder per channel inside secret_data", "editions_read::test_the_secret_data_are_scored_by_what_is_trained"),
    ("one file per process, no channel in the name", "mixing::test_channels_are_cut_out_of_every_process"),
    ("weight = sigma L / lines in the full generation", "mixing::test_every_part_has_every_process_and_weights"),
    ("no process below the HT cut of its generation", "mixing::test_what_is_missing_and_incomplete_is_told"),
    ("signal files break the object cuts", "real_files::test_signal_files_break_the_object_cuts_until"),
    ("signal files were selected with all jets", "reader_cuts::test_four_jets_inside_the_acceptance"),
    ("HT counts b jets", "oddities::test_b_jets_count_in_ht"),
    ("MET above, not at, 100 GeV in channel 3", "reader_cuts::test_forward_jet_neither_saves_nor_spoils"),
    ("channel 1 is selected in MET/m_eff", "real_files::test_channel_1_was_selected_in_m_eff_of_four_jets"),
    ("an event is in several channels", "oddities::test_channels_overlap"),
    ("monoV is DM_1.0 in files, 50 GeV in text", "card::test_published_pairs_are_those_of_the_challenge"),
    ("a gluino file in 2a that the paper does not count", "card::test_published_signal_events_add_up"),
    ("convert_to_csv.cc wrote another format", "reader_faults::test_malformed_line"),
    ("its last line is a count", "reader_faults::test_malformed_line"),
    ("a file of part of a signal", "layout::test_channel_without_background"),
    ("two files of one signal", "layout::test_two_files_for_one_thing"),
    ("empty, cut-off and damaged files", "reader_fuzz::test_a_damaged_archive_gives_all_events_or_an_error"),
)


@pytest.mark.parametrize(("oddity", "test"), ODDITIES, ids=[oddity for oddity, _ in ODDITIES])
def test_every_oddity_has_its_test(oddity: str, test: str) -> None:
    module, _, name = test.partition("::")
    text = (Path(__file__).parent / f"test_{module}.py").read_text("utf-8")
    assert re.search(rf"^def {name}\w*\(", text, re.MULTILINE), f"{oddity}: no test {name} in test_{module}.py"


def test_the_first_line_counts(line: Line, csv: Csv) -> None:
    assert read_events(csv([line(met=300.0), line(met=400.0)])).feature("met").tolist() == [300.0, 400.0]


@pytest.mark.parametrize(("text", "gev"), [("1.11905e+06", 1119.05), ("999999", 999.999), ("1e+06", 1000.0)])
def test_numbers_of_a_million_and_more(csv: Csv, text: str, gev: float) -> None:
    events = read_events(csv([f"7;njets;1;{text};0;j,{text},{text},0,0;"]), raw=True)
    assert events.feature("met")[0] == events.objects[0, 0, 0] == events.objects[0, 0, 1] == np.float32(gev)


@pytest.mark.parametrize("angle", ["3.14159", "-3.14159", "3.1416", "-3.1416"])
def test_angles_rounded_past_pi(csv: Csv, angle: str) -> None:
    events = read_events(csv([f"7;njets;1;2e5;{angle};j,3e5,3e5,0,{angle};"]), raw=True)
    assert events.feature("met_phi")[0] == events.object("phi")[0, 0] == np.float32(angle)


@pytest.mark.parametrize("symbol", ["a", "t", "c", "tau+", "e", "m", "mu", "J", "m+-"])
def test_symbols_of_other_formats_are_refused(csv: Csv, symbol: str) -> None:
    with pytest.raises(
        DataError, match=r":1: symbol of object 1: expected one of j, b, e-, e\+, m-, m\+, g, mu-, mu\+"
    ):
        read_events(csv([f"7;njets;1;2e5;0;{symbol},3e5,3e5,0,0;"]), raw=True)


def test_energy_rounded_below_pt(csv: Csv) -> None:
    events = read_events(csv(["7;njets;1;2e5;0;g,100000,100000.4,0,0;m+,20000.1,20000.2,0,0;"]), raw=True)
    assert events.present.sum() == 2


def test_process_of_a_signal_file(line: Line, csv: Csv) -> None:
    name = "monojet_Zp2000.0_DM_50.0"
    path, report = csv([line(process=name)] * 3, f"data/{name}_chan1.csv"), Report()
    events = read_events(path, report=report)
    assert {events.schema.processes[i] for i in events.aux["process"]} == {name}
    assert not report.unknown
    csv([line()], "data/background_chan1_7.79.csv")
    assert list(find_files(path.parent).channels["1"].signals) == [name]
    assert name in PAIRS["1"]


def test_weights_of_the_files_are_not_used(line: Line, csv: Csv) -> None:
    events = read_events(csv([line(weight="8.17901e-07"), line(weight="1")]))
    assert events.weights.tolist() == [1.0, 1.0]
    assert events.aux["event_weight"].tolist() == [np.float32(8.17901e-07), 1.0]


def test_b_jets_count_in_ht(line: Line, csv: Csv) -> None:
    jets = [("b", 350.0, 0.0), ("b", 200.0, 0.5), ("j", 60.0, 0.0)]
    assert len(read_events(csv([line(jets, met=101.0)], "x_chan3.csv"))) == 1
    with pytest.raises(DataError, match=r"none of 1 lines is an event that passes the selection of channel 3"):
        read_events(csv([line([("g", 350.0, 0.0), *jets[1:]], met=101.0)], "x_chan3.csv"))


def test_channels_overlap(line: Line, csv: Csv) -> None:
    leptons = [("e-", 40.0, 0.0), ("m+", 30.0, 0.5), ("e+", 20.0, 1.0)]
    jets = [("j", 300.0, 0.5), ("b", 200.0, -1.0), ("j", 120.0, 0.0), ("j", 80.0, 2.0)]
    for channel in ("1", "2a", "2b", "3"):
        assert len(read_events(csv([line([*jets, *leptons], met=300.0)], f"x_chan{channel}.csv"))) == 1
