"""``adbench datasets verify darkmachines``: whether the files are what they say."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]


@click.command(name="darkmachines")
@click.option("--data", metavar="DIR", type=click.Path(path_type=Path), help="Folder to check; the sample by default.")
def command(data: Path | None) -> None:
    """Check hashes, counts, object and channel cuts, and that copies of an event are in one part.

    Files without a manifest of the generator have no known hash or count: their format and cuts are checked. The
    official signal files of channel 1 do not pass, because they break the object cuts; `adbench run` applies the cuts
    to such files and uses what is left. Exit code 4 where a file fails.

    \b
      adbench datasets verify darkmachines
      adbench datasets verify darkmachines --data my_events/
    """
    from adbench.api import DataError
    from adbench.cli.tables import echo, table
    from adbench_darkmachines.opening import SAMPLE
    from adbench_darkmachines.verification import verify_folder

    checks = list(verify_folder(SAMPLE if data is None else data))
    rows = [[check.file, f"{check.events:,}", check.checked, "wrong" if check.fault else "right"] for check in checks]
    echo(table(["file", "events", "checked", "found"], rows))
    wrong = [check.fault for check in checks if check.fault]
    if wrong:
        more = len(wrong) - 1
        rest = f" ({more} more {'file is' if more == 1 else 'files are'} wrong)" if more else ""
        raise DataError(wrong[0] + rest)
