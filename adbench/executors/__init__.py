"""Ways to launch runs, behind one small interface."""
