"""Event generator: Pythia 8, an ATLAS-like detector, the challenge's selections and its CSV format."""
