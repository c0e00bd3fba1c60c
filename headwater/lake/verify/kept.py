"""The sums of an interrupted comparison, kept so that the next one goes on from there.

What is kept does not become wrong: where a chunk's old sum over MySQL is the lake's sum now, the
lake has what MySQL had; every other chunk is compared key by key as both are then. Age only costs:
the more has changed since, the more chunks differ. So after an hour the sums are begun anew.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

from headwater.lake.verify.report import Counts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from headwater.connections import Connections
    from headwater.lake.verify.shape import Shape
    from headwater.lake.verify.sides import Place

LASTS_S = 3600.0
EVERY_S = 5.0


@dataclass
class Kept:
    """How far the sums of a table have come.

    `expected` is how many rows MySQL had at the beginning, `after` the last key that was added;
    `read` says that MySQL's side is complete, `age` how many seconds ago this was saved.
    """

    expected: int
    chunks: int
    mysql: Counts = field(default_factory=Counts)
    after: Place = ()
    read: bool = False
    lake: Counts | None = None
    age: float = 0.0

    @property
    def note(self) -> str:
        """That a comparison did not begin at the beginning."""
        return f"went on from {self.mysql.rows:,} rows, summed {self.age:.0f} s before"


class Keeper:
    """One table's file in a folder; without a folder nothing is kept."""

    def __init__(
        self,
        folder: Path | None,
        table: str,
        of: str,
        *,
        every: float = EVERY_S,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._place = folder / f"{quote(table, safe='')}.json" if folder else None
        self._of = of
        self._every = every
        self._now = now
        self._saved = now()

    def load(self) -> Kept | None:
        """What was kept, if it is of this table as it is now, and not older than an hour."""
        try:
            found = json.loads(self._place.read_text(encoding="ascii")) if self._place else {}
        except (FileNotFoundError, ValueError):
            return None
        age = self._now() - found.get("saved", 0.0)
        if found.get("of") != self._of or not 0 <= age < LASTS_S:
            return None
        lake = found["lake"]
        return Kept(
            expected=found["expected"],
            chunks=found["chunks"],
            mysql=_counts(found["mysql"]),
            after=tuple(found["after"]),
            read=found["read"],
            lake=None if lake is None else _counts(lake),
            age=age,
        )

    def save(self, kept: Kept, *, at_once: bool = False) -> None:
        """Keep it, every few seconds."""
        if self._place is None or (not at_once and self._now() - self._saved < self._every):
            return
        self._saved = self._now()
        document = {
            "of": self._of,
            "saved": self._saved,
            "expected": kept.expected,
            "chunks": kept.chunks,
            "after": kept.after,
            "read": kept.read,
            "mysql": list(kept.mysql.parts()),
            "lake": None if kept.lake is None else list(kept.lake.parts()),
        }
        self._place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = self._place.with_suffix(".half")
        half.write_text(json.dumps(document), encoding="ascii")
        half.replace(self._place)

    def drop(self) -> None:
        """Forget it: the comparison is complete."""
        if self._place is not None:
            self._place.unlink(missing_ok=True)


def identity(connections: Connections, shape: Shape) -> str:
    """What sums are of: the servers, the table, its columns and how they are compared."""
    columns = [(c.name, c.lake_name, c.kind.mysql, c.kind.lake) for c in shape.columns]
    keys = [key.name for key in shape.keys]
    mysql, aws = connections.mysql, connections.aws
    whole = (mysql.host, mysql.port, aws.warehouse, shape.captured.name, columns, keys)
    return sha256(repr(whole).encode()).hexdigest()


def _counts(parts: list[tuple[int, int, int]]) -> Counts:
    found = Counts()
    for chunk, rows, checksum in parts:
        found.add(chunk, rows, checksum)
    return found
