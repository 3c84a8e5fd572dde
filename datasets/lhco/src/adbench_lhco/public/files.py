"""Public files of a folder: which is what, converted once, divided like our own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from adbench.api.errors import DataError
from adbench.api.events import Events
from adbench.data.cache import Cache, cache_key
from adbench.data.hashes import FileHashes
from adbench.generation.kinematics import Array
from adbench_lhco.card import BACKGROUND, NAME, NO_BOX, OBSERVABLES, SELECTION
from adbench_lhco.columns import dijet_events
from adbench_lhco.editions import PUBLIC, Opened, fetch_command
from adbench_lhco.public import observables
from adbench_lhco.split import PARTS, divided

__all__ = ["Public"]

Reader = Callable[[Path, Path], dict[str, Array]]
"""From a file, and a folder for what is half done, to columns."""

VERSION: Final = 1  # of the conversion
TWO_PRONG: Final = "wprime_3500_500_100"
THREE_PRONG: Final = "zprime_3500_500_100_3prong"
_BOX: Final = re.compile(r"events_LHCO2020_BlackBox(\d)\.h5")
_SIX: Final = "these files lack tau43_1, tau43_2, width_1, width_2, n_1 and n_2: features are " + ", ".join(
    observables.OBSERVABLES
)
_R10: Final = "jets of these files have R = 1.0, not 0.8"


class Public:
    """What is in a folder of public files.

    Attributes:
        channels: one per black box; a single one where there is none.
        signals: their names.
        selection: in words.
        notes: on these events.

    Raises:
        DataError: no known background file is in the folder.
    """

    def __init__(self, opened: Opened, cache: Path) -> None:
        self._folder = opened.folder
        self._cache, self._hashes = Cache(cache / NAME), FileHashes(cache / "hashes")
        self._roles = _roles(opened)
        boxes = {
            f"bb{match[1]}": path for path in sorted(opened.folder.iterdir()) if (match := _BOX.fullmatch(path.name))
        }
        self._boxes = boxes if self._roles.particles else {}
        self.channels: tuple[str, ...] = tuple(self._boxes) or (NO_BOX,)
        self.signals: tuple[str, ...] = tuple(self._roles.signals)
        self.selection = SELECTION if self._roles.particles else f"{SELECTION.replace('R = 0.8', 'R = 1.0')}"
        self.notes: tuple[str, ...] = () if self._roles.particles else (_SIX, _R10)
        self._names = OBSERVABLES if self._roles.particles else observables.OBSERVABLES

    def paths(self, channel: str) -> dict[str, Path]:
        """Return the files that a channel needs, by name."""
        box = {self._boxes[channel].name: self._boxes[channel]} if channel in self._boxes else {}
        return {path.name: path for paths in self._roles.all for path in paths} | box

    def prepare(self, channel: str) -> None:
        """Convert what the channel needs; what was converted earlier is used again."""
        for path in self.paths(channel).values():
            self._columns(path)

    def background(self, channel: str, part: str) -> Events:
        """Return a part of the background."""
        columns = self._of_label(self._roles.background, 0)
        return dijet_events(columns, BACKGROUND, self._names)[divided(columns["source"]) == PARTS.index(part)]

    def signal(self, name: str) -> Events:
        """Return the events of a signal."""
        return dijet_events(self._of_label(self._roles.signals[name], 1), name, self._names)

    def box(self, channel: str) -> Events | None:
        """Return the unlabelled events of a channel."""
        return dijet_events(self._columns(self._boxes[channel]), None, self._names) if channel in self._boxes else None

    def _of_label(self, paths: tuple[Path, ...], label: int) -> dict[str, Array]:
        """Return the events of one label of some files; those of a file without labels are background."""
        parts, first = [], 0
        for path in paths:
            columns = self._columns(path)
            n = len(columns["m_jj"])
            kept = columns["label"] == label if "label" in columns else np.full(n, label == 0)
            rows = columns.get("row", np.arange(n))
            chosen = {name: column[kept] for name, column in columns.items()}
            parts.append({**chosen, "row": rows[kept], "source": rows[kept] + first})
            first += int(rows.max(initial=-1)) + 1
        found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        if not len(found["m_jj"]):
            names = ", ".join(path.name for path in paths)
            msg = f"{names} of {self._folder} has no {'signal' if label else 'background'}"
            raise DataError(msg)
        return found

    def _columns(self, path: Path) -> Mapping[str, Array]:
        read = self._roles.readers.get(path, _particles)
        key = cache_key(source=self._hashes.sha256(path), version=VERSION, reader=read.__name__)

        def convert(folder: Path) -> Mapping[str, Any]:
            pieces = folder / "pieces"
            columns = read(path, pieces)
            for name, column in columns.items():
                np.save(folder / f"{name}.npy", column)
            shutil.rmtree(pieces, ignore_errors=True)
            return {"events": len(columns["m_jj"])}

        folder = self._cache.get_or_resume(key, convert).folder
        return {file.stem: np.load(file, mmap_mode="r") for file in sorted(folder.glob("*.npy"))}


class _Roles:
    """Which file is what."""

    def __init__(self) -> None:
        self.background: tuple[Path, ...] = ()
        self.signals: dict[str, tuple[Path, ...]] = {}
        self.readers: dict[Path, Reader] = {}
        self.particles = False

    @property
    def all(self) -> tuple[tuple[Path, ...], ...]:
        return (self.background, *self.signals.values())


def _particles(path: Path, pieces: Path) -> dict[str, Array]:
    from adbench_lhco.public.particles import read_particles

    return read_particles(path, pieces)


def _features(path: Path, pieces: Path) -> dict[str, Array]:
    return observables.read_features(path)


def _archive(path: Path, pieces: Path) -> dict[str, Array]:
    return observables.read_npz(path)


def _scalars_background(path: Path, pieces: Path) -> dict[str, Array]:
    return observables.read_scalars(path, 0)


def _scalars_signal(path: Path, pieces: Path) -> dict[str, Array]:
    return observables.read_scalars(path, 1)


def _roles(opened: Opened) -> _Roles:
    """Look for the forms that are known, those with all observables first."""
    folder, roles = opened.folder, _Roles()

    def use(reader: Reader, *paths: Path) -> tuple[Path, ...]:
        roles.readers |= dict.fromkeys(paths, reader)
        return paths

    for suffix, reader in ((".h5", _particles), (".features.h5", _features)):
        two, three = (folder / f"events_anomalydetection_{name}{suffix}" for name in ("v2", "Z_XY_qqq"))
        alone = folder / f"events_LHCO2020_backgroundMC_Pythia{suffix}"
        background = [path for path in (alone, two) if path.is_file()][:1]
        if background:
            roles.background = use(reader, background[0])
            signals = {TWO_PRONG: two, THREE_PRONG: three}
            roles.signals = {name: use(reader, path) for name, path in signals.items() if path.is_file()}
            roles.particles = reader is _particles
            return roles
    archives = sorted(folder.glob("lhco_*.npz"))
    pairs = [(path, path.with_name(path.name.replace("bkg", "sig"))) for path in sorted(folder.glob("scalars_bkg*.h5"))]
    if archives:
        roles.background = use(_archive, *archives)
        roles.signals = {TWO_PRONG: roles.background}
    elif pairs:
        roles.background = use(_scalars_background, *(path for path, _ in pairs))
        roles.signals = {TWO_PRONG: use(_scalars_signal, *(path for _, path in pairs if path.is_file()))}
    else:
        names = "; ".join(
            ", ".join(name for names in edition.files.values() for name in names) for edition in PUBLIC.values()
        )
        msg = f"{folder} has no file of the LHC Olympics that is known. Public ones are {names}; get them with: "
        raise DataError(msg + fetch_command("rd-features"))
    return roles
