"""Verbs of ``adbench datasets`` for the jets."""
