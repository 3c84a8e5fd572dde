"""Diffusion models of jets and events as sets of particles (Mikuni and Nachman, arXiv:2306.03933)."""
