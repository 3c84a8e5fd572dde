"""Two and four gluinos from two gluons: events whose density is known (after arXiv:2205.01697, section 3)."""
