"""Generator of the jets: Pythia 8, energy flow, anti-kT. Needs the extra `generate` (pythia8mc, fastjet, awkward)."""
