"""Packages not meant for our environment: fetched once by pip, pinned by hash, kept in the cache.

`python -m support.packages` fetches all of them.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]


def cache() -> Path:
    """The folder of the project's per-user cache that belongs to the tests."""
    root = os.environ.get("HEADWATER_CACHE_DIR", "~/.cache/headwater")
    folder = Path(root).expanduser() / "checks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def installed(requirements: str) -> Path:
    """A folder with the packages of a requirements file below tests/, for PYTHONPATH."""
    return _fetched(TESTS / requirements, "install", "--no-compile", "--target")


def downloaded(requirements: str) -> Path:
    """A folder with their wheels."""
    return _fetched(TESTS / requirements, "download", "--dest")


def _fetched(requirements: Path, *command: str) -> Path:
    """The result of one pip command; made under another name, so that it is whole or not there."""
    compiled_for = str(sys.implementation.cache_tag) if command[0] == "install" else ""
    read = requirements.read_bytes() + compiled_for.encode()
    digest = hashlib.sha256(read).hexdigest()[:12]
    name = requirements.stem
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


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with a folder's packages, outside our environment."""
    python = getattr(sys, "_base_executable", sys.executable)
    return subprocess.run(
        [python, "-s", "-W", "ignore", "-m", *arguments],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(folder),
            "HOME": os.environ.get("HOME", "/"),
        },
        capture_output=True,
        text=True,
        check=False,
    )


if __name__ == "__main__":
    downloaded("terraform/requirements/schema.txt")
    installed("terraform/requirements/checkov.txt")
    installed("terraform/requirements/provider.txt")
    installed("compose/requirements/specification.txt")
