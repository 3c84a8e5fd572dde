"""Anti-kT jets of massless particles, with their constituents in flat arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from adbench.generation.energyflow import Flow
from adbench.generation.kinematics import Array, wrap_phi

__all__ = ["Jets", "awkward_momenta", "cluster"]


@dataclass(frozen=True, slots=True)
class Jets:
    """Jets and their massless constituents; GeV and rad.

    Attributes:
        event: (n_jets,), event of each jet; jets of an event lie side by side.
        pt, eta, phi, mass: (n_jets,), of the sum of all constituents (E scheme).
        counts: (n_jets,), number of constituents.
        c_pt, c_eta, c_phi: (sum of counts,), constituents by jet, hardest first.
    """

    event: Array
    pt: Array
    eta: Array
    phi: Array
    mass: Array
    counts: Array
    c_pt: Array
    c_eta: Array
    c_phi: Array

    def __len__(self) -> int:
        return len(self.pt)

    @property
    def jet_of(self) -> Array:
        """(sum of counts,): the jet of each constituent."""
        return np.repeat(np.arange(len(self)), self.counts)

    def take(self, jets: Array) -> Jets:
        """Return the jets of an index array, in its order."""
        counts = self.counts[jets]
        first = (np.cumsum(self.counts) - self.counts)[jets]
        rows = np.repeat(first - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
        jet = (self.event[jets], self.pt[jets], self.eta[jets], self.phi[jets], self.mass[jets], counts)
        return Jets(*jet, self.c_pt[rows], self.c_eta[rows], self.c_phi[rows])

    def padded(self, slots: int) -> Array:
        """Return (n_jets, slots, 3): pT, eta and phi relative to the jet's axis, of the leading constituents.

        Empty slots are 0; phi is wrapped, so a jet at phi = pi is not torn.
        """
        jet = self.jet_of
        slot = np.arange(len(jet)) - np.repeat(np.cumsum(self.counts) - self.counts, self.counts)
        kept = slot < slots
        found = np.zeros((len(self), slots, 3))
        relative = (self.c_pt, self.c_eta - self.eta[jet], wrap_phi(self.c_phi - self.phi[jet]))
        found[jet[kept], slot[kept]] = np.column_stack(relative)[kept]
        return found


def awkward_momenta(pt: Array, eta: Array, phi: Array, counts: Array) -> Any:
    """Return massless four-momenta as fastjet reads them, one list of particles per count."""
    import awkward as ak

    momenta = {"px": pt * np.cos(phi), "py": pt * np.sin(phi), "pz": pt * np.sinh(eta), "E": pt * np.cosh(eta)}
    return ak.unflatten(ak.zip(momenta), counts)


def cluster(flow: Flow, radius: float, pt_min: float) -> Jets:
    """Cluster with anti-kT (FastJet, arXiv:1111.6097) and return the jets above a pT [GeV], hardest first per event."""
    import awkward as ak
    import fastjet

    counts = np.bincount(flow.event, minlength=flow.n_events)
    inputs = awkward_momenta(flow.pt, flow.eta, flow.phi, counts)
    sequence = fastjet.ClusterSequence(inputs, fastjet.JetDefinition(fastjet.antikt_algorithm, radius))
    found, members = sequence.inclusive_jets(pt_min), sequence.constituent_index(pt_min)
    event = np.repeat(np.arange(flow.n_events), ak.to_numpy(ak.num(found["px"])))
    px, py, pz, e = (ak.to_numpy(ak.flatten(found[name])).astype(float) for name in ("px", "py", "pz", "E"))
    pt = np.hypot(px, py)

    sizes = ak.to_numpy(ak.flatten(ak.num(members, axis=2))).astype(np.int64)
    jet = np.repeat(np.arange(len(pt)), sizes)
    rows = ak.to_numpy(ak.flatten(members, axis=None)).astype(np.int64) + (np.cumsum(counts) - counts)[event[jet]]
    rows = rows[np.lexsort((-flow.pt[rows], jet))]
    jets = Jets(
        event=event,
        pt=pt,
        eta=np.arcsinh(pz / pt),
        phi=np.arctan2(py, px),
        mass=np.sqrt(np.maximum(e**2 - px**2 - py**2 - pz**2, 0.0)),
        counts=sizes,
        c_pt=flow.pt[rows],
        c_eta=flow.eta[rows],
        c_phi=flow.phi[rows],
    )
    return jets.take(np.lexsort((-pt, event)))
