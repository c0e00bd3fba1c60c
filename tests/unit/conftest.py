"""What unit tests share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

SharedData = Callable[[str], Path]


@pytest.fixture
def shared_data() -> SharedData:
    """Finds a real response by its name; where there is none, CI fails and a clone skips."""

    def find(name: str) -> Path:
        path = SHARED / name
        if not path.exists():
            reason = f"the real response {name} is not in ../shared/data"
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
        return path

    return find
