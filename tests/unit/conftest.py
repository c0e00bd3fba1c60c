"""What unit tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support import shared

if TYPE_CHECKING:
    from support.shared import SharedData


@pytest.fixture
def shared_data() -> SharedData:
    """Gives the path of a real response, or skips the test where a clone has none."""
    return shared.find
