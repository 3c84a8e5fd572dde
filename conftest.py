"""Settings of all tests: property tests without a clock, and the same examples every time where CI runs them."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("free", deadline=None)  # a shared machine may be slow; new examples every time
settings.register_profile("fixed", deadline=None, derandomize=True)  # a landing must not depend on luck
settings.load_profile("fixed" if os.environ.get("CI") else "free")
