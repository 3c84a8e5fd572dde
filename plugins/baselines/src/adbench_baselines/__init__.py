"""Classical baselines: a detector that cannot beat them should know."""
