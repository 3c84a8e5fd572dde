"""``adbench show``: one detector in full: what it is, where it is published, its parameters and their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from adbench.cli.options import plugin_file_option
from adbench.cli.tables import echo, echo_json, format_option, paragraph, table

if TYPE_CHECKING:
    from adbench.api.specs import DetectorSpec


@click.command(name="show", short_help="Show one detector in full.")
@click.argument("detector")
@plugin_file_option
@format_option
def command(detector: str, style: str) -> None:
    """Show a detector: what it is, paper, parameters with their source, presets, scores, what it needs.

    \b
      adbench show gcn_vae_householder
    """
    from adbench.registry import catalogue

    spec = catalogue().detectors.get(detector)
    owner = catalogue().detectors.owners[detector]
    described = {
        "name": spec.name,
        "summary": spec.summary,
        "reference": spec.reference,
        "version": spec.version,
        "plugin": f"{owner.distribution} {owner.version}",
        "supervision": spec.supervision,
        "scores": list(spec.scores),
        "gpu": spec.gpu,
        "tags": sorted(spec.tags),
        "notes": list(spec.notes),
        "requires": _requirements(spec),
        "supports": _supports(spec),
        **_parameters(spec),
    }
    if style == "json":
        echo_json(described)
    else:
        _print(described)


def _requirements(spec: DetectorSpec) -> dict[str, bool]:
    """Return whether each requirement is installed."""
    from adbench.runs.requirements import missing_requirements

    missing = missing_requirements(spec.requires)
    return {text: text not in missing for text in spec.requires}


def _supports(spec: DetectorSpec) -> dict[str, dict[str, str]]:
    """Return, for each data set and channel, ``yes`` or why not."""
    from adbench.api.dataset import DatasetOptions
    from adbench.api.errors import AdbenchError
    from adbench.registry import catalogue

    answers = {}
    for dataset in catalogue().datasets:
        try:
            info = dataset.open(DatasetOptions()).info
            answered = {name: spec.obstacle(info, name) or "yes" for name in info.channels}
        except Exception as error:  # noqa: BLE001  a broken data set takes no other with it
            what = str(error) if isinstance(error, AdbenchError) else f"{type(error).__name__}: {error}"
            answers[dataset.name] = {"": f"unknown: {what}; adbench datasets check {dataset.name}"}
            continue
        answers[f"{info.name} {info.edition}"] = answered
    return answers


def _parameters(spec: DetectorSpec) -> dict[str, Any]:
    """Return parameters and presets; where a missing package forbids that, say so in their place."""
    from adbench.api.errors import PluginError
    from adbench.api.params import describe

    presets = sorted(set(spec.presets) - {"default"})
    try:
        default = spec.resolve("default")
        resolved = {name: spec.resolve(name) for name in presets}
        parameters = [
            {"name": p.name, "type": p.type, "default": _plain(getattr(default, p.name)), "source": p.doc}
            for p in describe(spec.params_type())
        ]
    except PluginError as error:
        return {"parameters": [], "presets": {name: {} for name in presets}, "problem": str(error)}
    changes = {
        preset: {
            p["name"]: _plain(getattr(values, p["name"]))
            for p in parameters
            if getattr(values, p["name"]) != getattr(default, p["name"])
        }
        for preset, values in resolved.items()
    }
    return {"parameters": parameters, "presets": changes}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, (tuple, frozenset)) else value


def _print(d: dict[str, Any]) -> None:
    needs = [text if installed else f"{text} (not installed)" for text, installed in d["requires"].items()]
    facts = {
        "paper": d["reference"] or "none",
        "class": d["supervision"],
        "scores": f"{', '.join(d['scores'])}{' (the first is the entry)' if len(d['scores']) > 1 else ''}",
        "version": f"{d['version']}, from {d['plugin']}",
        "needs": ", ".join(needs) or "nothing beyond adbench",
        "GPU": "faster with one" if d["gpu"] else "not used",
        "tags": ", ".join(d["tags"]) or "none",
        "works on": "; ".join(_works(name, answers) for name, answers in d["supports"].items()) or "no data set",
    }
    width = max(map(len, facts))
    echo(paragraph(f"{d['name']}: {d['summary']}", style="bold"))
    echo(*(paragraph(f"  {name:<{width}}  {fact}") for name, fact in facts.items()))
    echo(*(paragraph(f"  note: {note}") for note in d["notes"]))
    if "problem" in d:
        echo(paragraph(f"  parameters cannot be shown: {d['problem']}"))
    elif not d["parameters"]:
        echo(paragraph("  no parameters"))
    else:
        presets = {name: changes for name, changes in d["presets"].items() if changes}
        rows = [
            [
                p["name"],
                p["type"],
                _text(p["default"]),
                *(_text(c.get(p["name"], "")) for c in presets.values()),
                p["source"],
            ]
            for p in d["parameters"]
        ]
        echo(table(["parameter", "type", "default", *presets, "source"], rows))
    same = [name for name, changes in d["presets"].items() if not changes and "problem" not in d]
    if same:
        echo(paragraph(f"  preset {', '.join(same)}: the same as default"))
    if d["parameters"]:
        echo(paragraph(f"  change one: adbench run --detector {d['name']} --set NAME=VALUE"))


def _works(dataset: str, answers: dict[str, str]) -> str:
    yes = [channel for channel, answer in answers.items() if answer == "yes"]
    refusals = [f"{channel}: {answer}" if channel else answer for channel, answer in answers.items() if answer != "yes"]
    words = ([f"channels {', '.join(yes)}"] if yes else []) + refusals
    return f"{dataset} ({'; '.join(words)})"


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
