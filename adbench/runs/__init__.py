"""From a study to stored results: what to run, its identity, one run in its own process, and where it is kept."""
