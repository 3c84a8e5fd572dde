from __future__ import annotations

import gzip
import lzma
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from adbench_darkmachines import Report, read_events
from adbench_darkmachines.card import SCHEMA
from adbench_darkmachines.reader import Reading, iter_events

from adbench.api import Events

Line = Callable[..., str]
Csv = Callable[..., Path]

PAPER = (
    "94;ttbar;1;112288;1.74766;b,331927,147558,-1.44969,-1.76399;j,100406,85589,-0.568259,-1.17144;"
    "b,55808.8,54391.4,-0.198215,1.726"
)


def f32(values: list[Any]) -> np.ndarray:
    return np.array(values, np.float32)


def same(a: Events, b: Events) -> bool:
    arrays = ("objects", "kinds", "features", "weights")
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in arrays) and all(
        np.array_equal(a.aux[name], b.aux[name]) for name in a.aux
    )


def test_the_line_printed_in_the_paper(csv: Csv) -> None:
    events = read_events(csv([PAPER]), raw=True)
    assert len(events) == 1
    assert events.objects.shape == (1, 18, 4)
    np.testing.assert_array_equal(events.features, f32([[112.288, 1.74766]]))
    np.testing.assert_array_equal(
        events.objects[0, :3],
        f32(
            [
                [331.927, 147.558, -1.44969, -1.76399],
                [100.406, 85.589, -0.568259, -1.17144],
                [55.8088, 54.3914, -0.198215, 1.726],
            ]
        ),
    )
    assert events.kinds[0].tolist() == [2, 1, 2] + 15 * [0]
    assert not events.objects[0, 3:].any()
    assert events.weights.tolist() == [1.0]
    assert events.schema.processes[events.aux["process"][0]] == "ttbar"


def test_trailing_semicolon_or_none_and_line_ends_make_no_difference(line: Line, csv: Csv) -> None:
    plain = [line(event=i).removesuffix(";") for i in range(3)]
    expected = read_events(csv(plain))
    assert len(expected) == 3
    for text in (
        "".join(p + ";\n" for p in plain),
        "".join(p + "\r\n" for p in plain),
        "".join(p + ";\r\n" for p in plain),
        "\n".join(plain),
        ";\r\n".join(plain),
        f"{plain[0]};\n{plain[1]}\r\n{plain[2]};",
    ):
        assert same(read_events(csv(text.encode())), expected)


def test_plain_gzip_and_xz_by_content(line: Line, csv: Csv, tmp_path: Path) -> None:
    text = "".join(line(event=i) + "\n" for i in range(50)).encode()
    expected = read_events(csv(text))
    half = len(text) // 2
    for name, data in {
        "a_chan1.csv.gz": gzip.compress(text),
        "b_chan1.csv.xz": lzma.compress(text),
        "two_members_chan1.csv.gz": gzip.compress(text[:half]) + gzip.compress(text[half:]),
        "not_compressed_chan1.csv.gz": text,
        "compressed_chan1.csv": gzip.compress(text),
    }.items():
        (tmp_path / name).write_bytes(data)
        assert same(read_events(tmp_path / name), expected)


@pytest.mark.parametrize(
    ("symbol", "kind"),
    [("j", 1), ("b", 2), ("e-", 3), ("e+", 4), ("m-", 5), ("m+", 6), ("g", 7), ("mu-", 5), ("mu+", 6)],
)
def test_symbols(line: Line, csv: Csv, symbol: str, kind: int) -> None:
    events = read_events(csv([line([(symbol, 50.0, 0.0)])]), raw=True)
    assert events.kinds[0, 0] == kind
    assert SCHEMA.kinds[kind - 1].name == symbol.replace("mu", "m")


def test_objects_of_all_kinds_are_ordered_by_pt_and_ties_by_place(line: Line, csv: Csv) -> None:
    listed = [("j", 60.0, 0.1), ("j", 40.0, 0.2), ("e-", 90.0, 0.3), ("m+", 40.0, 0.4), ("g", 70.0, 0.5)]
    events = read_events(csv([line(listed)]), raw=True)
    np.testing.assert_allclose(events.object("pt")[0, :5], [90.0, 70.0, 60.0, 40.0, 40.0])
    np.testing.assert_allclose(events.object("eta")[0, :5], [0.3, 0.5, 0.1, 0.2, 0.4])
    assert events.kinds[0, :5].tolist() == [3, 7, 1, 1, 6]


def test_any_number_of_objects(line: Line, csv: Csv) -> None:
    many = [("j", 30.0 + i, 0.0) for i in range(37)]
    events = read_events(csv([line(), line(many), line([])]), raw=True)
    assert events.objects.shape == (3, 37, 4)
    assert events.present.sum(axis=1).tolist() == [4, 37, 0]
    np.testing.assert_allclose(events.object("pt")[1], 66.0 - np.arange(37))


def test_rows_sources_weights_and_processes(line: Line, csv: Csv) -> None:
    lines = [
        line(event=5, weight="8.17901e-07", process="single_top"),
        line(event=5, met=10.0),
        line(event=-3, process="dark_shower", weight="-0.5"),
    ]
    path, report = csv(lines), Report()
    events = read_events(path, report=report)
    assert events.aux["row"].tolist() == [1, 3]
    assert events.aux["source"].tolist() == [1, 3]
    np.testing.assert_array_equal(events.aux["event_weight"], f32([8.17901e-07, -0.5]))
    assert [SCHEMA.processes[i] for i in events.aux["process"]] == ["singletop", "other"]
    assert dict(report.unknown) == {"dark_shower": 1}
    assert (report.lines, report.kept, report.cut_events) == (3, 2, 1)
    (own,) = iter_events(path, Reading(event_id_is_source=True), Report())
    assert own.aux["source"].tolist() == [5, -3]
    assert {name: array.dtype.name for name, array in events.aux.items()} == {
        "process": "int16",
        "row": "int64",
        "source": "int64",
        "event_weight": "float32",
    }


def test_blocks_of_any_size_give_the_same_events(line: Line, csv: Csv) -> None:
    path = csv([line(event=i, met=200.0 + i, process=("njets", "ttbar", "new")[i % 3]) for i in range(40)])
    expected = read_events(path)
    for block in (1, 7, 100, 257, 1000):
        report = Report()
        events = Events.concatenate(list(iter_events(path, Reading(block=block), report)))
        assert same(events, expected)
        assert (report.lines, report.unknown["new"]) == (40, 13)


def test_numbers_are_correct_to_float32(csv: Csv) -> None:
    rng = np.random.default_rng(11)
    values = rng.uniform(1.0, 10.0, 6000) * 10.0 ** rng.integers(-30, 30, 6000) * rng.choice([-1, 1], 6000)
    forms = ("{:.6g}", "{!r}", "{:.20e}", "{:.0f}", "{:E}", "{:.3f}")
    texts = [forms[i % len(forms)].format(x) for i, x in enumerate(values.tolist())]
    texts += ["0", "-0", "5.", ".5", "1e5", "1E+05", "1e-05", "007", "1e0000000000002", "16777217", "33554433"]
    texts += ["3.4028234e38", "0." + 400 * "0" + "1", 30 * "9", "1.17549435e-38", "4e-46", "0e999999", "0.1" + 50 * "0"]
    mets = [text.removeprefix("-") for text in texts]
    lines = [f"{i};njets;{weight};{met};0" for i, (weight, met) in enumerate(zip(texts, mets, strict=True))]
    events = read_events(csv(lines), raw=True)
    np.testing.assert_array_equal(events.aux["event_weight"], f32([float(text) for text in texts]))
    np.testing.assert_array_equal(events.feature("met"), f32([float(Decimal(text).scaleb(-3)) for text in mets]))
