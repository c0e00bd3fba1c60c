"""The MySQL accounts besides the administrator, and what each may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.connections import Connections, MySql

_SOURCE_RIGHTS = (
    "SELECT, RELOAD, SHOW DATABASES, REPLICATION SLAVE, REPLICATION CLIENT, LOCK TABLES"
)
_OUR_RIGHTS = "SELECT, SHOW DATABASES, REPLICATION CLIENT"
_ROWS = "SELECT, INSERT, UPDATE, DELETE"
_REHEARSE = "CREATE TEMPORARY TABLES"  # `headwater plan --ddl`
AUTHENTICATION = "IDENTIFIED WITH caching_sha2_password BY"
"""The only method that is on by default from MySQL 8.4 on."""
ENCRYPTED = "REQUIRE SSL"
"""Of our accounts; the administrator's is also for tools that know no TLS."""
Grants = tuple[tuple[str, str], ...]


def accounts(connections: Connections, database: str) -> Iterator[tuple[MySql, Grants]]:
    """Each account with its grants: (rights, where)."""
    yield connections.mysql_nifi, ((_ROWS, f"`{database}`.*"),)
    yield connections.mysql_debezium, ((_SOURCE_RIGHTS, "*.*"), (_ROWS, "headwater.*"))
    ours = f"{_ROWS}, {_REHEARSE}"
    yield connections.mysql, ((_OUR_RIGHTS, "*.*"), (ours, "headwater.*"))
