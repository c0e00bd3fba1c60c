"""RDS: the accounts, and how long the binlog is kept; locally the server's start sets both.

render  nothing
plan    accounts that cannot sign in as they should, a binlog that is kept too short
apply   makes accounts, sets passwords and rights anew, calls RDS's procedure
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pymysql

from headwater.accounts import AUTHENTICATION, ENCRYPTED, accounts
from headwater.errors import TargetError
from headwater.targets.base import Change

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pymysql.cursors import Cursor

    from headwater.accounts import Grants
    from headwater.connections import MySql
    from headwater.targets.base import Context

RETENTION = "binlog retention hours"
HOURS = 168
"""The most that RDS allows; as long as Kafka keeps the messages."""


class RdsTarget:
    """What a MySQL on RDS needs before it has tables."""

    name = "rds"

    def __init__(self, context: Context) -> None:
        self._context = context

    def render(self) -> Mapping[Path, str]:
        """Nothing stands in the repository."""
        return {}

    def plan(self) -> list[Change]:
        """Accounts and binlog retention that are not as they should be."""
        changes = [
            Change(self.name, "update", f"account {account.user}", "cannot sign in as it should")
            for account, _ in self._accounts()
            if not _signs_in(account)
        ]
        with closing(self._admin()) as connection, connection.cursor() as cursor:
            hours = _retention(cursor)
        if hours != str(HOURS):
            changes.append(Change(self.name, "update", RETENTION, f"{hours} -> {HOURS}"))
        return changes

    def apply(self) -> list[Change]:
        """Set everything anew where something differs."""
        changes = self.plan()
        if changes:
            with closing(self._admin()) as connection, connection.cursor() as cursor:
                for account, grants in self._accounts():
                    _make(cursor, account, grants)
                cursor.execute(f"CALL mysql.rds_set_configuration('{RETENTION}', {HOURS})")
        return changes

    def _accounts(self) -> list[tuple[MySql, Grants]]:
        context = self._context
        return list(accounts(context.connections, context.settings.database))

    def _admin(self) -> pymysql.Connection[Cursor]:
        account = self._context.connections.mysql_root
        try:
            return account.connect()
        except pymysql.err.MySQLError as error:
            raise TargetError(
                f"MySQL at {account.host}:{account.port} (account {account.user}): {error}",
                remedy="from outside the VPC it cannot be reached: docs/aws.md, where to run this",
            ) from error


def _signs_in(account: MySql) -> bool:
    try:
        account.connect().close()
    except pymysql.err.OperationalError:
        return False
    return True


def _retention(cursor: Cursor) -> str | None:
    cursor.execute("CALL mysql.rds_show_configuration")
    return next((row[1] for row in cursor.fetchall() if row[0] == RETENTION), None)


def _make(cursor: Cursor, account: MySql, grants: Grants) -> None:
    who, password = (account.user, "%"), account.password.get_secret_value()
    cursor.execute("CREATE USER IF NOT EXISTS %s@%s", who)
    cursor.execute(f"ALTER USER %s@%s {AUTHENTICATION} %s {ENCRYPTED}", (*who, password))
    for rights, where in grants:
        cursor.execute(f"GRANT {rights} ON {where} TO %s@%s", who)
