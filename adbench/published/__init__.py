"""Results that others published: taken in once, marked, flagged where they cannot be right, never mixed silently."""
