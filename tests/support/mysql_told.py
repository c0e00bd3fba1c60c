"""MySQL for code that asks through `headwater.mysql.asking`: keeps what it is told."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.connections import MySql


@dataclass
class Server:
    """Keeps the statements it is given; gives the same rows to every question."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    told: list[tuple[str, Any]] = field(default_factory=list)

    @contextmanager
    def asking(self, _: MySql) -> Iterator[Server]:
        """In the place of `headwater.mysql.asking`."""
        yield self

    def execute(self, sql: str, values: Any = None) -> None:
        """As a cursor does."""
        self.told.append((" ".join(sql.split()), values))

    def fetchall(self) -> list[tuple[Any, ...]]:
        """As a cursor does."""
        return self.rows
