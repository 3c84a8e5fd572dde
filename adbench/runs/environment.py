"""Where a run took place: recorded beside its scores, never part of its identity."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import socket
import sys
from pathlib import Path
from typing import Any

__all__ = ["installed_versions", "source_hash", "surroundings"]


def surroundings(device: str, threads: int, executor: str, command: str) -> dict[str, Any]:
    """Return host, platform, versions and settings of this process."""
    return {
        "host": socket.gethostname(),
        "process": os.getpid(),
        "platform": platform.platform(),
        "processor": platform.machine(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
        "device": device,
        "threads": threads,
        "executor": executor,
        "command": command,
        "distributions": installed_versions(),
    }


def installed_versions() -> dict[str, str]:
    """Return the versions of the distributions whose modules this process has imported, and of all adbench ones.

    The names of the ``.dist-info`` folders tell them; reading every METADATA file takes 0.15 s of each run.
    """
    loaded = {name.partition(".")[0] for name in sys.modules}
    versions = {}
    for folder in (Path(entry) for entry in reversed(sys.path) if entry):
        for info in folder.glob("*.dist-info"):
            name, _, version = info.name.removesuffix(".dist-info").rpartition("-")
            if name.startswith("adbench") or _top_level(name) in loaded:
                versions[name.replace("_", "-")] = version
    return dict(sorted(versions.items()))


def source_hash(target: str) -> str:
    """Return a hash of the Python files of the package that a target lives in; empty when they cannot be found.

    An editable plugin whose hash changed while its version did not is worth a look.
    """
    spec = importlib.util.find_spec(target.partition(":")[0].partition(".")[0])
    if spec is None or spec.origin is None:
        return ""
    root = Path(spec.origin)
    files = sorted(root.parent.rglob("*.py")) if root.name == "__init__.py" else [root]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.relative_to(root.parent).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _top_level(distribution: str) -> str:
    return {"scikit_learn": "sklearn", "pyyaml": "yaml"}.get(distribution.lower(), distribution.lower())
