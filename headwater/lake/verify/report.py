"""What a comparison found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

NULL = "NULL"
SHOWN = 60


@dataclass(frozen=True)
class ColumnDifference:
    """One column of a row: its canonical text in MySQL and in the lake; None is NULL."""

    column: str
    mysql: str | None
    lake: str | None

    def __str__(self) -> str:
        return f"{self.column}: {_shown(self.mysql)} in MySQL, {_shown(self.lake)} in the lake"


@dataclass(frozen=True)
class Difference:
    """One row that is not the same: missing in the lake, extra in the lake, or changed."""

    table: str
    key: dict[str, str]
    kind: Literal["missing", "extra", "changed"]
    columns: tuple[ColumnDifference, ...] = ()

    def __str__(self) -> str:
        key = ", ".join(f"{name}={value}" for name, value in self.key.items())
        detail = "; ".join(str(column) for column in self.columns)
        where = {
            "missing": "is in MySQL and not in the lake",
            "extra": "is in the lake and not in MySQL",
            "changed": "differs",
        }[self.kind]
        return f"{self.table} {key} {where}" + (f": {detail}" if detail else "")


@dataclass(frozen=True)
class TableReport:
    """One table compared.

    `suspects` rows differed while both sides were read and were looked at again behind a barrier;
    `unsettled` of them changed too fast to be caught standing still, which says nothing about them.
    `truncated` says that there were more suspects than were looked at. `since` is the newest
    instant that the lake's table had when the comparison began.
    """

    table: str
    mysql_rows: int
    lake_rows: int
    chunks: int = 0
    chunks_differing: int = 0
    suspects: int = 0
    differences: tuple[Difference, ...] = ()
    unsettled: tuple[dict[str, str], ...] = ()
    truncated: bool = False
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    since: str = ""

    @property
    def different(self) -> bool:
        """Whether MySQL and the lake are not the same."""
        return bool(self.differences)

    def as_row(self) -> dict[str, object]:
        """One line of a table, or one object of a JSON document."""
        kinds = [difference.kind for difference in self.differences]
        return {
            "table": self.table,
            "result": "different" if self.different else "equal",
            "mysql_rows": self.mysql_rows,
            "lake_rows": self.lake_rows,
            "missing": kinds.count("missing"),
            "extra": kinds.count("extra"),
            "changed": kinds.count("changed"),
            "unsettled": len(self.unsettled),
            "chunks": self.chunks,
            "seconds": round(self.seconds, 1),
            "notes": "; ".join(self.notes),
        }

    def as_document(self) -> dict[str, object]:
        """Everything, for JSON."""
        found = [
            {
                "key": difference.key,
                "kind": difference.kind,
                "columns": [vars(column) for column in difference.columns],
            }
            for difference in self.differences
        ]
        return {
            **self.as_row(),
            "suspects": self.suspects,
            "truncated": self.truncated,
            "since": self.since,
            "notes": list(self.notes),
            "unsettled_keys": list(self.unsettled),
            "differences": found,
        }


@dataclass
class Counts:
    """Rows and checksums of one side, by chunk."""

    rows: int = 0
    sums: dict[int, tuple[int, int]] = field(default_factory=dict)

    def add(self, chunk: int, rows: int, checksum: int) -> None:
        """Add a part of a chunk."""
        known_rows, known_sum = self.sums.get(chunk, (0, 0))
        self.sums[chunk] = (known_rows + rows, known_sum + checksum)
        self.rows += rows

    def parts(self) -> Iterator[tuple[int, int, int]]:
        """Each chunk with its rows and its checksum."""
        return ((chunk, *sums) for chunk, sums in self.sums.items())

    def differing(self, other: Counts) -> list[int]:
        """The chunks in which two sides are not the same."""
        chunks = self.sums.keys() | other.sums.keys()
        return sorted(c for c in chunks if self.sums.get(c) != other.sums.get(c))


def _shown(text: str | None) -> str:
    if text is None:
        return NULL
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")
