"""Imported results in the results folder: ``<results>/published/<name>.npz``, written whole or not at all."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from adbench.api.errors import DataError, MissingError
from adbench.published.scores import PublishedScores
from adbench.published.source import Source, source, sources
from adbench.runs.files import aside, remove, writing

__all__ = ["Header", "Library"]

SCHEMA = 1
_DAMAGE = (OSError, ValueError, KeyError, TypeError, IndexError, zipfile.BadZipFile, EOFError)


@dataclass(frozen=True, slots=True)
class Header:
    """What an imported file holds.

    Attributes:
        name: name of the publication.
        citation: whom to cite.
        commit: the commit that the files are of; empty where their content is not that of the commit.
        entries: number of models.
        rows: number of rows.
    """

    name: str
    citation: str
    commit: str
    entries: int
    rows: int

    def as_dict(self) -> dict[str, Any]:
        """Return the header for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Library:
    """The imported results of a results folder.

    Attributes:
        root: the results folder.
    """

    root: Path

    def names(self) -> list[str]:
        """Return the names of what was imported."""
        return sorted(path.stem for path in (self.root / "published").glob("[!.]*.npz") if path.stem in sources())

    def write(self, scores: PublishedScores, commit: str) -> Path:
        """Store published scores in place of an earlier import; return the file.

        Args:
            scores: what was read.
            commit: of the repository whose files these are; empty where their content differs.

        Raises:
            UnwritableError: the folder is full or read-only.
        """
        path = self._path(scores.source.name)
        header = {"schema": SCHEMA, "name": scores.source.name, "commit": commit}
        content = io.BytesIO()
        np.savez(
            content,
            header=np.array(json.dumps(header)),
            models=np.array(scores.models),
            families=np.array(scores.families),
            columns=np.array(scores.columns),
            model=scores.model,
            column=scores.column,
            values=scores.values,
        )
        with writing(self.root):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = aside(path)
            try:
                temporary.write_bytes(content.getvalue())
                temporary.replace(path)
            finally:
                remove(temporary)
        return path

    def read(self, name: str) -> PublishedScores:
        """Return imported scores.

        Raises:
            UnknownNameError: there is no such publication.
            MissingError: it was not imported.
            DataError: the file is damaged or of a newer version.
        """
        return self._read(source(name))[0]

    def headers(self) -> list[Header]:
        """Return what was imported; raise DataError for a damaged file."""
        found = []
        for name in self.names():
            scores, commit = self._read(source(name))
            found.append(Header(name, scores.source.citation, commit, len(scores.models), len(scores.values)))
        return found

    def remove(self, name: str) -> None:
        """Remove an import; what is gone already is fine."""
        remove(self._path(name))

    def _path(self, name: str) -> Path:
        return self.root / "published" / f"{name}.npz"

    def _read(self, of: Source) -> tuple[PublishedScores, str]:
        path = self._path(of.name)
        if not path.is_file():
            msg = f"{of.name} is not in {self.root}: adbench results import {of.name}"
            raise MissingError(msg)
        fix = f"adbench results import {of.name}"
        try:
            with np.load(path, allow_pickle=False) as file:
                header = json.loads(str(file["header"]))
                if header["schema"] > SCHEMA:
                    msg = f"{path}: written by a newer adbench (schema {header['schema']} > {SCHEMA}); update adbench"
                    raise DataError(msg)
                scores = PublishedScores(
                    source=of,
                    models=tuple(file["models"].tolist()),
                    families=tuple(file["families"].tolist()),
                    columns=tuple((channel, signal) for channel, signal in file["columns"].tolist()),
                    model=file["model"],
                    column=file["column"],
                    values=file["values"],
                    genuine=header["commit"] == of.commit,
                )
                _check(scores)
        except _DAMAGE as error:
            text = " ".join(str(error).split()) or type(error).__name__
            msg = f"{path}: cannot be read ({text}); import it again: {fix}"
            raise DataError(msg) from error
        return scores, str(header["commit"])


def _check(scores: PublishedScores) -> None:
    """Raise ValueError for arrays that do not belong together: a file may be forged."""
    n = len(scores.values)
    fitting = (
        scores.values.shape == (n, 4)
        and scores.values.dtype == np.float64
        and scores.model.shape == scores.column.shape == (n,)
        and scores.model.dtype.kind == scores.column.dtype.kind == "i"
        and len(scores.families) == len(scores.models) == len(set(scores.models))
        and len(set(scores.columns)) == len(scores.columns)
        and {channel for channel, _ in scores.columns} <= set(scores.source.background_events)
    )
    if not fitting or (n and not _inside(scores)):
        msg = "its arrays do not fit each other"
        raise ValueError(msg)


def _inside(scores: PublishedScores) -> bool:
    indices = bool(
        scores.model.min() >= 0
        and scores.model.max() < len(scores.models)
        and scores.column.min() >= 0
        and scores.column.max() < len(scores.columns)
    )
    return indices and bool(np.all((scores.values >= 0.0) & (scores.values <= 1.0)))
