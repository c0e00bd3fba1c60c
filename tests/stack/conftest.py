from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.simulator import Simulator
from support.stack import Stack


@pytest.fixture
def simulator(stack: Stack) -> Iterator[Simulator]:
    """The simulator, left without faults and with a running clock."""
    found = Simulator(stack.connections.simulator_url)
    found.clear()
    yield found
    found.clear()
