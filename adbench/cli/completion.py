"""``adbench completion``: how a shell completes names of verbs, options, detectors, data sets and channels."""

from __future__ import annotations

import click

_LINES = {
    "bash": 'eval "$(_ADBENCH_COMPLETE=bash_source adbench)"',
    "zsh": 'eval "$(_ADBENCH_COMPLETE=zsh_source adbench)"',
    "fish": "_ADBENCH_COMPLETE=fish_source adbench | source",
}
_FILES = {"bash": "~/.bashrc", "zsh": "~/.zshrc", "fish": "~/.config/fish/completions/adbench.fish"}


@click.command(name="completion", short_help="Print the line that makes a shell complete names.")
@click.argument("shell", type=click.Choice(tuple(_LINES)))
def command(shell: str) -> None:
    """Print the line that makes a SHELL complete verbs, options, and names of detectors, data sets and channels.

    \b
      adbench completion bash >> ~/.bashrc
    """
    click.echo(f"# in {_FILES[shell]}:")
    click.echo(_LINES[shell])
