"""A sample database, a ferry line's, and a few hundred changes of it that follow from a seed."""

from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.connections import MySql

HERE = Path(__file__).resolve().parent
TABLES = (
    "bookings", "customers", "history", "payments", "points",
    "ports", "routes", "sailings", "tickets", "vessels",
)  # fmt: skip
VIEWS = ("departures", "unpaid")
CHANGES = 300
_NUMBERS = (
    "CREATE TEMPORARY TABLE numbers AS WITH RECURSIVE s (n) AS "
    "(SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < 999) SELECT n FROM s"
)


def create(account: MySql, schema: str) -> None:
    """Make the schema with its tables, triggers, views and rows."""
    with closing(account.connect()) as connection:
        cursor = connection.cursor()
        cursor.execute(f"CREATE DATABASE {schema}")
        cursor.execute(f"USE {schema}")
        for statement in _statements("schema.sql"):
            cursor.execute(statement)
        cursor.execute(_NUMBERS)
        # As a DBA loads a dump: an enum by its number, a year 0.
        cursor.execute("SET SESSION sql_mode = ''")
        for statement in _statements("rows.sql"):
            cursor.execute(statement)


def change(account: MySql, schema: str, seed: int = 1) -> int:
    """Change it, in transactions of which every seventh is rolled back; how many were committed."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    transactions = list(_statements("changes.sql"))
    committed = 0
    with closing(account.connect(schema, autocommit=False)) as connection:
        cursor = connection.cursor()
        for number in range(CHANGES):
            places = {"n": number, "b": chance.randint(1, 1000), "c": chance.randrange(400)}
            for statement in chance.choice(transactions).split(";\n"):
                cursor.execute(statement.format(**places))
            if number % 7 == 0:
                connection.rollback()
            else:
                connection.commit()
                committed += 1
    return committed


def _statements(name: str) -> Iterator[str]:
    """What stands between empty lines."""
    text = (HERE / name).read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("--"))
    for statement in "\n".join(lines).split(";\n\n"):
        yield statement.strip().removesuffix(";")
