from __future__ import annotations

import doctest
import importlib
import pkgutil
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest

import adbench.api


def loaded_by(code: str, *modules: str) -> str:
    check = f"import sys; {code}; print([m for m in {modules!r} if m in sys.modules])"
    return subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True).stdout.strip()


def test_hook_modules_pay_for_no_numpy():
    heavy = ("numpy", "scipy", "pandas", "torch", "sklearn")
    assert loaded_by("import adbench.api", *heavy) == "[]"
    assert loaded_by("from adbench.api import DetectorSpec, DatasetSpec, MetricSpec, hookimpl", *heavy) == "[]"
    assert loaded_by("from adbench.api import Events", "numpy", "torch", "pandas") == "['numpy']"


def test_every_public_name_is_there():
    assert dir(adbench.api) == sorted(adbench.api.__all__)
    for name in adbench.api.__all__:
        assert hasattr(adbench.api, name), name
    with pytest.raises(AttributeError, match="no attribute 'Detectors'"):
        _ = adbench.api.Detectors


@pytest.mark.parametrize("module", [found.name for found in pkgutil.iter_modules(adbench.api.__path__)])
def test_examples_in_docstrings_are_true(module):
    names = {"dataclass": dataclass, "np": np}
    result = doctest.testmod(importlib.import_module(f"adbench.api.{module}"), extraglobs=names)
    assert result.failed == 0
