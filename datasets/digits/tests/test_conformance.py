from __future__ import annotations

from collections.abc import Callable

import pytest

from adbench.testing import dataset_checks


@pytest.mark.parametrize("check", dataset_checks("digits"), ids=str)
def test_the_bundled_events_keep_the_contract(check: Callable[[], None]) -> None:
    check()
