"""New plugin distributions: small, installable, tested."""
