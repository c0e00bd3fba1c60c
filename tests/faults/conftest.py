from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.ledger import Ledger
from support.stack import Stack
from support.taken import Taken, taken
from support.waiting import until


@pytest.fixture
def ledger(stack: Stack, request: pytest.FixtureRequest) -> Iterator[Ledger]:
    """A writer at work for the length of a test; afterwards the lake must agree with it."""
    stack.mysql("DELETE FROM final.flights WHERE icao24 LIKE 'zz%%'")
    writer = Ledger(stack.connections.mysql_root, seed=len(request.node.name))
    writer.start()
    until(lambda: writer.transactions > 20, "the writer has begun")
    yield writer
    writer.stop()


@pytest.fixture(scope="session")
def tables(stack: Stack) -> Iterator[Taken]:
    """Captured tables, once for all tests that lose something of theirs."""
    with taken(stack) as found:
        yield found
