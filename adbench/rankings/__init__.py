"""Rules that order entries by their figures of merit: six of arXiv:2105.14027, and its total improvement."""
