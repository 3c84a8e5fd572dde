"""adbench: find out how good an anomaly detector for LHC events really is."""

__version__ = "0.1.0"
