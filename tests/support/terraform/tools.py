"""Packages not meant for our environment: fetched once by pip, pinned by hash, kept in the cache.

`python -m support.terraform.tools` fetches all of them.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

REQUIREMENTS = Path(__file__).parents[2] / "terraform" / "requirements"


def cache() -> Path:
    """The folder of the project's per-user cache that belongs to these tests."""
    root = os.environ.get("HEADWATER_CACHE_DIR", "~/.cache/headwater")
    folder = Path(root).expanduser() / "checks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def wheel_of_the_schema() -> Path:
    """The wheel that carries the AWS provider's schema."""
    return next(_fetched("schema", "download", "--dest").glob("*.whl"))


def checkov() -> Path:
    """A folder with checkov and all that it needs, for PYTHONPATH."""
    return _fetched("checkov", "install", "--no-compile", "--target")


def run_checkov(folder: Path) -> dict[str, Any]:
    """What checkov says of a folder; it runs outside our environment, with packages of its own."""
    python = getattr(sys, "_base_executable", sys.executable)
    command = [python, "-s", "-m", "checkov.main", "-d", str(folder), "--framework", "terraform"]
    done = subprocess.run(
        [*command, "--compact", "--quiet", "--skip-download", "-o", "json"],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(checkov()),
            "HOME": os.environ.get("HOME", "/"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr[-1000:]
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _fetched(name: str, *command: str) -> Path:
    """The result of one pip command; made under another name, so that it is whole or not there."""
    requirements = REQUIREMENTS / f"{name}.txt"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    place = cache() / f"{name}-{digest}"
    if not place.exists():
        draft = cache() / f".{name}-{os.getpid()}"
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", command[0]]
        pip += ["--no-deps", "--only-binary", ":all:", "--require-hashes"]
        done = subprocess.run(
            [*pip, *command[1:], str(draft), "-r", str(requirements)],
            env={**os.environ, "PIP_USER": "0", "PIP_ROOT_USER_ACTION": "ignore"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"pip could not fetch {name}: {done.stderr[-500:]}"
        draft.rename(place)
    return place


if __name__ == "__main__":
    wheel_of_the_schema()
    checkov()
