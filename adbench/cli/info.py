"""``adbench info``: the environment, for a bug report."""

from __future__ import annotations

import click


@click.command(name="info", short_help="Print the environment, for a bug report.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def command(as_json: bool) -> None:
    """Print versions, platform, plugins and folders, to be pasted into a bug report; nothing in it is personal.

    \b
      adbench info
      adbench info --json
    """
    import platform
    from importlib.metadata import distributions

    from adbench import __version__
    from adbench.cli.tables import echo_json
    from adbench.data.cache import default_cache
    from adbench.executors.devices import gpus
    from adbench.pluginfiles import named_files
    from adbench.plugins import plugins
    from adbench.runs.launch import cores

    wanted = (
        "numpy",
        "scipy",
        "pandas",
        "scikit-learn",
        "torch",
        "torch-geometric",
        "nflows",
        "numba",
        "dask",
        "pluggy",
    )
    versions = {d.metadata["Name"]: d.version for d in distributions() if d.metadata["Name"]}
    found = plugins()
    told = {
        "adbench": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cores": cores(),
        "devices": ["cpu", *gpus()],
        "packages": {name: versions.get(name, "not installed") for name in wanted},
        "plugins": {plugin.distribution: plugin.version for plugin in found.loaded},
        "plugin files": [path.rpartition("/")[2] for path in named_files()],
        "problems": [str(problem) for problem in found.problems],
        "cache": str(default_cache()).replace(str(_home()), "~"),
    }
    if as_json:
        echo_json(told)
        return
    for name, value in told.items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {text}" for key, text in value.items())
        elif isinstance(value, list):
            value = ", ".join(map(str, value)) or "none"
        click.echo(f"{name:<13} {value}")


def _home() -> str:
    from pathlib import Path

    return str(Path.home())
