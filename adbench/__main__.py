"""``python -m adbench``: the command line where no script is on PATH, such as in a batch job."""

from __future__ import annotations

from adbench.cli import main

if __name__ == "__main__":
    main()
