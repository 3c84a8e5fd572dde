"""The public files of the LHC Olympics 2020 (arXiv:2101.08320): observables, particles, black boxes."""
