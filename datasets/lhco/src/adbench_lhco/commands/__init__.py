"""Verbs of ``adbench datasets`` for the dijet events."""
