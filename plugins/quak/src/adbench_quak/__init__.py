"""Quasi anomalous knowledge of Park et al., arXiv:2011.03550: searching with approximate priors."""
