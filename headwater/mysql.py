"""A cursor of one MySQL account, whose errors are told in our words."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from headwater.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymysql.cursors import Cursor

    from headwater.connections import MySql


OWN_SCHEMA = "headwater"  # its heartbeat and signal are captured, too


@contextmanager
def asking(account: MySql) -> Iterator[Cursor]:
    """A cursor (autocommit) for some statements; raises TargetError."""
    import pymysql  # noqa: PLC0415 - only where MySQL is asked

    try:
        with closing(account.connect()) as connection, connection.cursor() as cursor:
            yield cursor
    except pymysql.err.OperationalError as error:
        raise TargetError(
            f"MySQL at {account.host}:{account.port} (account {account.user}): {error}",
            remedy="`headwater status` shows whether it runs; `headwater up` starts it",
        ) from error
    except pymysql.err.MySQLError as error:
        raise TargetError(f"MySQL refused a statement: {error}") from error


def quoted(*names: str) -> str:
    """Names as MySQL's statements have them: `schema`.`table`."""
    return ".".join("`" + name.replace("`", "``") + "`" for name in names)
