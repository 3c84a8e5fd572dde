"""Where events come from and how much of nature's statistics they are, in lines of less than 80 characters."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from adbench_darkmachines.card import CHANNEL_CARDS
from adbench_darkmachines.mixing import LUMINOSITY
from adbench_darkmachines.opening import Opened

__all__ = ["luminosities", "provenance"]

_CHALLENGE: Final = "MadGraph5_aMC@NLO 2.6, Pythia 8.239, Delphes 3.4.2: arXiv:2105.14027"
_ORIGINS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "hackathon": (_CHALLENGE, "training_files.tar of the hackathon"),
        "secret": (_CHALLENGE, "secret_data.tar, labels unpublished; background of the hackathon"),
        "full": (_CHALLENGE, "sm.tgz and bsm.tgz; selection of the channels applied here"),
        "folder": ("your own files, in the format of the challenge",),
    }
)
_GENERATOR: Final = ("pythia8mc", "fastjet", "awkward", "numpy")


def luminosities(opened: Opened, lines: Mapping[str, int]) -> dict[str, float]:
    """Return the luminosity that the background of each channel stands for, in fb^-1, where it is known.

    Args:
        opened: the files.
        lines: number of lines of the background files that were read; a part of an official file stands for less.
    """
    layout, listed = opened.layout, opened.layout.manifest.get("channels", {})
    if layout.per_process:
        return dict.fromkeys(layout.channels, LUMINOSITY)
    if opened.edition in ("hackathon", "secret"):
        cards = {name: CHANNEL_CARDS[name] for name in layout.channels}
        return {n: card.luminosity * (lines.get(n, card.background) / card.background) for n, card in cards.items()}
    known = [name for name in layout.channels if "luminosity_fb" in listed.get(name, {})]
    return {name: float(listed[name]["luminosity_fb"]) for name in known}


def provenance(opened: Opened) -> tuple[str, ...]:
    """Return where the events come from, the most important first."""
    manifest = opened.layout.manifest
    if not manifest:
        return _ORIGINS[opened.edition]
    return (*_generated(manifest), "settings, cross-sections and hashes: manifest.json beside the events")


def _generated(manifest: Mapping[str, Any]) -> list[str]:
    software = manifest.get("software", {})
    used = ", ".join(f"{name} {software[name]}" for name in _GENERATOR if name in software)
    seed = f", seed {manifest['seed']}" if "seed" in manifest else ""
    return [f"this plugin's generator{seed}", *([used] if used else [])]
