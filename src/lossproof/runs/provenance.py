"""Where and with what a result was made: nothing here decides the number."""

import os
import platform
import socket
import subprocess
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from lossproof.runs.sweep import Machine

PACKAGES = (
    "lossproof",
    "numpy",
    "torch",
    "torchvision",
    "onnxruntime",
    "imagecodecs",
    "opencv-contrib-python-headless",
    "av",
    "pillow",
)


def provenance(machine: Machine, *, engine: str, started: float, seconds: float) -> dict[str, Any]:
    """``started`` is seconds since the epoch; ``seconds`` the duration of the whole run so far."""
    return {
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
        "duration_seconds": round(seconds, 3),
        "host": socket.gethostname(),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "num_cpus": os.cpu_count(),
        "threads": machine.threads,
        "device": machine.device,
        "engine": engine,
        "git_revision": _git_revision(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _git_revision() -> str | None:
    checkout = Path(__file__).parents[3]
    if not (checkout / ".git").exists():  # an installed package has no revision of its own
        return None
    command = ["git", "-C", str(checkout), "rev-parse", "HEAD"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None
