"""``adbench plugins``: which plugins are loaded, which are not, and why."""

from __future__ import annotations

import click

from adbench.cli.tables import echo, echo_json, format_option, table


@click.command(name="plugins", short_help="Show plugins and their problems.")
@format_option
def command(style: str) -> None:
    """Show the installed plugins, and what is wrong with those that cannot be used."""
    from adbench.plugins import plugins
    from adbench.registry import catalogue

    catalogue()  # asks every plugin for its components, which is where some fail
    found = plugins()
    loaded = [
        {"plugin": p.name, "distribution": p.distribution, "version": p.version, "offers": _offers(p.hooks)}
        for p in found.loaded
    ]
    problems = [
        {"plugin": p.name, "distribution": p.distribution, "reason": p.reason, "fix": p.fix} for p in found.problems
    ]
    if style == "json":
        echo_json({"loaded": loaded, "problems": problems})
        return
    rows = [[p.name, p.distribution, p.version, ", ".join(_offers(p.hooks))] for p in found.loaded]
    echo(table(["plugin", "distribution", "version", "offers"], rows))
    if problems:
        echo(table(list(problems[0]), [list(problem.values()) for problem in problems], "cannot be used"))


def _offers(hooks: tuple[str, ...]) -> list[str]:
    return [hook.removeprefix("adbench_").replace("_", " ") for hook in hooks]
