"""Handwritten digits, of which one is the background: the study of arXiv:2011.03550, section 2, at any size."""
