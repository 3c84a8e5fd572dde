from __future__ import annotations

from pathlib import Path

import pytest

from adbench.api import DatasetOptions, DatasetSpec, UnknownNameError, UsageError

PLAIN = DatasetSpec(name="plain", target="builtins:repr", editions=("first", "second"))
OWN = DatasetSpec(name="own", target="builtins:repr", splits=("80-10-10",), reads=("data",))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (DatasetOptions(edition="frist"), UnknownNameError, "no edition of plain 'frist'. Did you mean first?"),
        (DatasetOptions(split="80-10-10"), UnknownNameError, "no split of plain '80-10-10'"),
        (DatasetOptions(data=Path("events")), UsageError, "data set plain reads no --data"),
        (DatasetOptions(raw=True), UsageError, "data set plain reads no --raw"),
        (DatasetOptions(skip_bad_lines=True), UsageError, "data set plain reads no --skip-bad-lines"),
    ],
)
def test_what_a_data_set_does_not_read_is_refused(
    options: DatasetOptions, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        PLAIN.open(options)


@pytest.mark.parametrize(
    ("spec", "options"),
    [
        (PLAIN, DatasetOptions()),
        (PLAIN, DatasetOptions(edition="second")),
        (OWN, DatasetOptions(edition="folder", data=Path("events"), split="80-10-10")),
    ],
)
def test_what_it_reads_reaches_it(spec: DatasetSpec, options: DatasetOptions) -> None:
    assert spec.open(options) == repr(options)
