"""What one draws and compares of events: observables of an event as plain columns, each with its label and binning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench.api import Events

__all__ = ["SPECTRA", "Observed", "Spectrum", "observed"]

Floats = NDArray[np.float64]
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Spectrum:
    """An observable.

    Attributes:
        name: its name in tables.
        label: for the axis, with the unit.
        values: float64 (n,) of n events; NaN where an event has no such thing.
        counted: whether it is a number of objects, drawn with one bin each.
    """

    name: str
    label: str
    values: Callable[[Events], Floats]
    counted: bool = False


def _pt_of(*kinds: str) -> Callable[[Events], Floats]:
    """Return the pT [GeV] of the hardest object of these kinds."""

    def leading(events: Events) -> Floats:
        pt = np.where(events.of_kind(*kinds), events.object("pt"), -np.inf).max(axis=1).astype(np.float64)
        return np.where(np.isfinite(pt), pt, np.nan)

    return leading


def _number_of(*kinds: str) -> Callable[[Events], Floats]:
    return lambda events: events.of_kind(*kinds).sum(axis=1).astype(np.float64)


def _ht(events: Events) -> Floats:
    pt: Floats = np.where(events.of_kind("j", "b"), events.object("pt"), 0.0).sum(axis=1, dtype=np.float64)
    return pt


def _angle_to_met(events: Events) -> Floats:
    """Return the azimuth [rad] between MET and the nearest jet."""
    between = events.object("phi").astype(np.float64) - events.feature("met_phi").astype(np.float64)[:, None]
    between = np.abs((between + np.pi) % (2.0 * np.pi) - np.pi)
    nearest = np.where(events.of_kind("j", "b"), between, np.inf).min(axis=1)
    return np.where(np.isfinite(nearest), nearest, np.nan)


def _dilepton_mass(events: Events) -> Floats:
    """Return the mass [GeV] of the hardest e+ e- or mu+ mu-, massless: that with the larger sum of the two pT."""
    best, mass = np.zeros(len(events)), np.full(len(events), np.nan)
    for plus, minus in (("e+", "e-"), ("m+", "m-")):
        pt_a, eta_a, phi_a = _hardest(events, plus)
        pt_b, eta_b, phi_b = _hardest(events, minus)
        pair = (pt_a > 0.0) & (pt_b > 0.0) & (pt_a + pt_b > best)
        squared = 2.0 * pt_a * pt_b * (np.cosh(eta_a - eta_b) - np.cos(phi_a - phi_b))
        mass[pair] = np.sqrt(squared[pair])
        best[pair] = (pt_a + pt_b)[pair]
    return mass


def _hardest(events: Events, kind: str) -> tuple[Floats, Floats, Floats]:
    """Return pT (0 where there is none), eta and phi of the hardest object of a kind."""
    pt = np.where(events.of_kind(kind), events.object("pt"), 0.0)
    row, slot = np.arange(len(events)), pt.argmax(axis=1)
    eta, phi = (events.object(name)[row, slot].astype(np.float64) for name in ("eta", "phi"))
    return pt[row, slot].astype(np.float64), eta, phi


_LEPTONS = ("e-", "e+", "m-", "m+")
SPECTRA: tuple[Spectrum, ...] = (
    Spectrum("MET", r"$E_\mathrm{T}^\mathrm{miss}$ [GeV]", lambda events: events.feature("met").astype(np.float64)),
    Spectrum("HT", r"$H_\mathrm{T}$ [GeV]", _ht),
    Spectrum("leading jet pT", r"leading jet $p_\mathrm{T}$ [GeV]", _pt_of("j", "b")),
    Spectrum("leading lepton pT", r"leading lepton $p_\mathrm{T}$ [GeV]", _pt_of(*_LEPTONS)),
    Spectrum("dilepton mass", r"$m_{\ell\ell}$, hardest same-flavour pair [GeV]", _dilepton_mass),
    Spectrum("angle MET, jet", r"min $\Delta\phi(E_\mathrm{T}^\mathrm{miss}$, jet) [rad]", _angle_to_met),
    Spectrum("jets", "jets, b jets included", _number_of("j", "b"), counted=True),
    Spectrum("b jets", "b jets", _number_of("b"), counted=True),
    Spectrum("leptons", "electrons and muons", _number_of(*_LEPTONS), counted=True),
    Spectrum("photons", "photons", _number_of("g"), counted=True),
)


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """What is seen of a sample.

    Attributes:
        values: float64 (n,) of each observable, by its name in `SPECTRA`; NaN where an event has no such thing.
        process: int64 (n,), place of each event in the schema's processes.
        weights: float64 (n,); processes of a mixture are weighted by cross-section where files hold too few of some.
    """

    values: Mapping[str, Floats]
    process: NDArray[np.int64]
    weights: Floats

    def of(self, spectrum: Spectrum) -> tuple[Floats, Floats]:
        """Return an observable of the events that have it, and their weights."""
        values = self.values[spectrum.name]
        there = ~np.isnan(values)
        return values[there], self.weights[there]


def observed(samples: Iterable[Events]) -> Observed:
    """Return every observable of all events, in parts that fit any memory."""
    parts: dict[str, list[Floats]] = {spectrum.name: [np.empty(0)] for spectrum in SPECTRA}
    process, weights = [np.empty(0, np.int64)], [np.empty(0)]
    for events in samples:
        for start in range(0, len(events), _CHUNK):
            part = events[start : start + _CHUNK]
            for spectrum in SPECTRA:
                parts[spectrum.name].append(spectrum.values(part))
            process.append(np.asarray(part.aux["process"], np.int64))
            weights.append(np.asarray(part.weights, np.float64))
    values = {name: np.concatenate(some) for name, some in parts.items()}
    return Observed(values, np.concatenate(process), np.concatenate(weights))
