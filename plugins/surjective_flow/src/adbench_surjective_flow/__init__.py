"""Surjective normalizing flows of Verheyen, arXiv:2205.01697, as detectors."""
