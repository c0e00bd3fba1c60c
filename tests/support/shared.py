"""The real responses beside the checkout, which a user's clone does not have."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data"


class SharedData(Protocol):
    """Gives the path of a real response, or skips the test where there is none."""

    def __call__(self, name: str) -> Path:
        """The file `name`, a path below the folder."""
        ...


def find(name: str) -> Path:
    """The path of a real response; without the folder a failure in CI, otherwise a skip."""
    if not FOLDER.is_dir():
        reason = f"the real responses are not at {FOLDER}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return FOLDER / name
