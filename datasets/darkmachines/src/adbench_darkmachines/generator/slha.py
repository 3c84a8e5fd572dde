"""Supersymmetric spectra in the SLHA format (hep-ph/0311123): masses and decays by hand, everything else decoupled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

DECOUPLED = 1.0e4  # GeV
_SUSY_IDS = (
    *range(1000001, 1000007), *range(1000011, 1000017), 1000021, 1000022, 1000023, 1000024,
    *range(2000001, 2000007), 2000011, 2000013, 2000015,
)  # fmt: skip
_HEAVY = {35: DECOUPLED, 36: DECOUPLED, 37: DECOUPLED, 1000025: -8.0e3, 1000035: 9.0e3, 1000037: 9.0e3}
_SM_MASS = {5: 4.8, 6: 172.5, 23: 91.19, 24: 80.4, 15: 1.777}

Decays = Mapping[int, Sequence[tuple[float, tuple[int, ...]]]]

_STANDARD_MODEL = """BLOCK SMINPUTS
 1 1.279e2
 2 1.16637e-5
 3 0.118
 4 91.1876
 5 4.2
 6 172.5
 7 1.777
BLOCK MINPAR
 3 10.0
"""
_COUPLINGS = """BLOCK ALPHA
 -0.1
BLOCK HMIX Q=1000.
 1 3000.
 2 10.
 3 246.
 4 1.0e8
BLOCK GAUGE Q=1000.
 1 0.36
 2 0.65
 3 1.1
BLOCK AU Q=1000.
 3 3 0.0
BLOCK AD Q=1000.
 3 3 0.0
BLOCK AE Q=1000.
 3 3 0.0
"""


def spectrum(
    masses: Mapping[int, float],
    decays: Decays,
    *,
    right_handed_stop: bool = False,
    udd_couplings: Mapping[tuple[int, int, int], float] | None = None,
) -> str:
    """Write a spectrum with the given light particles; bino-like lightest neutralino, wino-like next ones.

    Args:
        masses: PDG code to mass [GeV] of everything that is not decoupled.
        decays: PDG code to a list of (branching fraction, daughters).
        right_handed_stop: make 1000006 the partner of the right-handed top (resonant production needs it).
        udd_couplings: R-parity violating couplings lambda''_ijk.

    Raises:
        ValueError: if a decay is kinematically closed. Pythia would keep the particle stable and turn it into jets.
    """
    all_masses = dict.fromkeys(_SUSY_IDS, DECOUPLED) | _HEAVY | {25: 125.0} | dict(masses)
    for parent, modes in decays.items():
        for _, daughters in modes:
            needed = sum(abs(all_masses.get(abs(d), _SM_MASS.get(abs(d), 0.0))) for d in daughters)
            if needed >= abs(all_masses[parent]):
                raise ValueError(f"decay {parent} -> {daughters} is closed: {needed:.0f} GeV needed")

    lines = [f"BLOCK MODSEL\n 1 0{chr(10) + ' 4 1' if udd_couplings else ''}", _STANDARD_MODEL.rstrip(), "BLOCK MASS"]
    lines += [f" {code} {mass:.6e}" for code, mass in sorted(all_masses.items())]
    stop = (0.0, 1.0, -1.0, 0.0) if right_handed_stop else (1.0, 0.0, 0.0, 1.0)
    unit = (1.0, 0.0, 0.0, 1.0)
    for name, values in (("STOP", stop), ("SBOT", unit), ("STAU", unit), ("U", unit), ("V", unit)):
        lines.append(f"BLOCK {name}MIX")
        lines += [f" {k // 2 + 1} {k % 2 + 1} {value:.6e}" for k, value in enumerate(values)]
    lines.append("BLOCK NMIX")
    half = 2.0**-0.5
    rows = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, half, -half), (0.0, 0.0, half, half))
    lines += [f" {i} {j} {value:.8e}" for i, row in enumerate(rows, 1) for j, value in enumerate(row, 1)]
    lines.append(_COUPLINGS.rstrip())
    if udd_couplings:
        lines.append("BLOCK RVLAMUDD Q=1000.")
        lines += [f" {i} {j} {k} {value:.6e}" for (i, j, k), value in udd_couplings.items()]
    for parent, modes in decays.items():
        lines.append(f"DECAY {parent} 1.000000e-01")
        lines += [f"  {fraction:.6e} {len(d)} {' '.join(map(str, d))}" for fraction, d in modes]
    return "\n".join(lines) + "\n"
