"""Generator of dijet events: Pythia 8, energy flow, anti-kT, N-subjettiness. Needs the extra `generate`."""
