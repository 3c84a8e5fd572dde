"""How far ranks can be trusted: bootstraps, paired comparisons, cost against score; pure functions of figures."""
