"""MySQL and the lake, asked the same three questions: sums by chunk, keys of chunks, rows of keys.

A chunk is a share of the keys by their checksum, so it is the same on both sides whatever the
collation of a key. MySQL is read in the order of its key, some rows a query, so that no query is
long and no lock is held; the lake, which has no index, in one scan.
"""
# ruff: noqa: S608 - every name is quoted and every value made a literal here; nothing comes raw

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from headwater.lake.sql import identifier, query
from headwater.lake.verify import canonical
from headwater.lake.verify.report import Counts
from headwater.mysql import quoted
from headwater_cdc.names import RECORD_KEY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from pymysql.cursors import Cursor

    from headwater.connections import Aws
    from headwater.lake.verify.shape import Column, Shape

Key = tuple[str, ...]
Row = tuple[str | None, ...]
Place = tuple[str, ...]
"""A key as MySQL's literals; empty at the beginning and at the end of a table."""
KEYS_A_QUERY = 200
PLACES_A_QUERY = 5000  # of up to 10 digits, within the 256 KB of a statement
_HALF = 2**30


class _Aliases:
    """The names of the canonical texts within a query: v0, v1, … in the order of the columns."""

    def __init__(self, shape: Shape) -> None:
        self.all = {f"v{number}": column.kind for number, column in enumerate(shape.columns)}
        self.keys = {f"v{shape.columns.index(key)}": key.kind for key in shape.keys}
        self.key_places = [shape.columns.index(key) for key in shape.keys]

    def key_of(self, row: Row) -> Key:
        """The key within a row."""
        return tuple(str(row[place]) for place in self.key_places)


class MySqlSide:
    """The table in MySQL."""

    def __init__(self, cursor: Cursor, shape: Shape, chunks: int, page: int) -> None:
        self._cursor = cursor
        self._shape = shape
        self._page = page
        self._names = _Aliases(shape)
        texts = (
            f"{canonical.mysql_text(c.kind, c.name)} AS {alias}"
            for c, alias in zip(shape.columns, self._names.all, strict=True)
        )
        self._texts = f"SELECT {', '.join(texts)} FROM {shape.mysql_name}"
        self._chunk = f"MOD({canonical.mysql_place(self._names.keys)}, {chunks})"
        self._checksum = canonical.mysql_checksum(self._names.all)

    def count(self, found: Counts, after: Place = ()) -> Iterator[Place]:
        """Add sums by chunk, page after page from a key on; yields the last key of each page."""
        for page, last in self._pages(after):
            sql = (
                f"SELECT {self._chunk}, COUNT(*), SUM({self._checksum}) "
                f"FROM ({self._texts} WHERE {page}) AS v GROUP BY 1"
            )
            for chunk, rows, checksum in self._rows(sql):
                found.add(int(chunk), int(rows), int(checksum))
            yield last

    def keys(self, chunks: Collection[int]) -> dict[Key, int]:
        """Key and checksum of every row of some chunks."""
        wanted = ", ".join(map(str, chunks))
        names = ", ".join(self._names.keys)
        pages = (
            f"SELECT {names}, {self._checksum} FROM ({self._texts} WHERE {page}) AS v "
            f"WHERE {self._chunk} IN ({wanted})"
            for page, _ in self._pages()
        )
        rows = chain.from_iterable(map(self._rows, pages))
        return {tuple(key): int(checksum) for *key, checksum in rows}

    def rows(self, keys: Iterable[Key]) -> dict[Key, Row]:
        """The rows of some keys; a key that is not there is not in the answer."""
        wanted = set(keys)
        found = {}
        for some in _batches(sorted(wanted), KEYS_A_QUERY):
            for row in self._rows(f"{self._texts} WHERE {self.condition(some)}"):
                found[self._names.key_of(row)] = tuple(row)
        return {key: row for key, row in found.items() if key in wanted}

    def condition(self, keys: Iterable[Key]) -> str:
        """The condition that the rows of some keys fulfil, as MySQL writes it."""
        names = ", ".join(quoted(key.name) for key in self._shape.keys)
        tuples = ", ".join(f"({', '.join(self._literals(key))})" for key in keys)
        return f"({names}) IN ({tuples})"

    def floor(self) -> str | None:
        """The canonical text of the oldest moment that MySQL still has."""
        column = self._shape.floor
        if column is None:
            return None
        inner = f"SELECT MIN(`{column.name}`) AS `{column.name}` FROM {self._shape.mysql_name}"
        sql = f"SELECT {canonical.mysql_text(column.kind, column.name)} FROM ({inner}) AS m"
        ((oldest,),) = self._rows(sql)
        return None if oldest is None else str(oldest)

    def _pages(self, after: Place = ()) -> Iterator[tuple[str, Place]]:
        """Conditions that part the table in the order of its key, each with its last key.

        The last page has none: it is open at its end.
        """
        orders = [key.order for key in self._shape.keys]
        names = ", ".join(quoted(key.name) for key in self._shape.keys)
        while True:
            start = _after(orders, after) if after else "TRUE"
            edge = (
                f"SELECT {', '.join(orders)} FROM {self._shape.mysql_name} WHERE {start} "
                f"ORDER BY {names} LIMIT 1 OFFSET {self._page - 1}"
            )
            reached = self._rows(edge)
            if not reached:
                yield start, ()
                return
            upper = tuple(self._literal(value) for value in reached[0])
            yield f"{start} AND {_up_to(orders, upper)}", upper
            after = upper

    def _literals(self, key: Key) -> Iterator[str]:
        for column, text in zip(self._shape.keys, key, strict=True):
            yield self._literal(column.kind.to_mysql(text))

    def _literal(self, value: object) -> str:
        return str(self._cursor.connection.literal(value))

    def _rows(self, sql: str) -> Sequence[tuple[Any, ...]]:
        # No parameters: pymysql would take the formats of DATE_FORMAT for its own.
        self._cursor.execute(sql)
        return self._cursor.fetchall()


class LakeSide:
    """The table in the lake, through Athena SQL; from `floor` on, where there is one."""

    def __init__(self, aws: Aws, shape: Shape, chunks: int, floor: str | None) -> None:
        self._aws = aws
        self._shape = shape
        self._names = _Aliases(shape)
        texts = (
            f"{canonical.lake_text(c.kind, c.lake_name)} AS {alias}"
            for c, alias in zip(shape.columns, self._names.all, strict=True)
        )
        self._texts = f"SELECT {RECORD_KEY}, {', '.join(texts)} FROM {shape.lake_name}"
        hashes = (
            f"{canonical.lake_place(self._names.keys)} % {chunks} AS chunk, "
            f"{canonical.lake_checksum(self._names.all)} AS checksum"
        )
        keys = ", ".join(self._names.keys)
        source = f"{self._texts} WHERE {_not_below(shape.floor, floor)}"
        self._hashed = f"SELECT {keys}, {hashes} FROM ({source})"

    def counts(self) -> Counts:
        """Sums by chunk; in two halves, of which a bigint holds billions."""
        found = Counts()
        sql = (
            f"SELECT chunk, count(*), sum(checksum / {_HALF}), sum(checksum % {_HALF}) "
            f"FROM ({self._hashed}) GROUP BY 1"
        )
        for chunk, rows, high, low in self._rows(sql):
            found.add(int(chunk), int(rows), int(high) * _HALF + int(low))
        return found

    def keys(self, chunks: Collection[int]) -> dict[Key, int]:
        """Key and checksum of every row of some chunks."""
        names = ", ".join(self._names.keys)
        wanted = ", ".join(map(str, chunks))
        sql = f"SELECT {names}, checksum FROM ({self._hashed}) WHERE chunk IN ({wanted})"
        return {tuple(key): int(checksum) for *key, checksum in self._rows(sql)}

    def rows(self, keys: Iterable[Key]) -> dict[Key, Row]:
        """The rows of some keys; a key that is not there is not in the answer.

        They are found by the places of their keys: one scan, and a short query.
        """
        return {key: row[1:] for key, row in self._found(keys)}

    def record_keys(self, keys: Iterable[Key]) -> list[str]:
        """What Hudi calls some keys, of those that are there."""
        return [str(row[0]) for _, row in self._found(keys)]

    def _found(self, keys: Iterable[Key]) -> Iterator[tuple[Key, Row]]:
        """The key of each row, and the row behind what Hudi calls it."""
        wanted = set(keys)
        place = canonical.lake_place(self._names.keys)
        kinds = [key.kind for key in self._shape.keys]
        columns = ", ".join((RECORD_KEY, *self._names.all))
        for some in _batches(sorted(wanted), PLACES_A_QUERY):
            places = ", ".join(
                str(canonical.place_of(zip(key, kinds, strict=True))) for key in some
            )
            sql = f"SELECT {columns} FROM ({self._texts}) WHERE {place} IN ({places})"
            for row in self._rows(sql):
                key = self._names.key_of(tuple(row[1:]))
                if key in wanted:
                    yield key, tuple(row)

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return query(self._aws, sql, self._shape.captured.database).rows


def _batches(keys: Sequence[Key], size: int) -> Iterator[Sequence[Key]]:
    rest = iter(keys)
    while batch := tuple(islice(rest, size)):
        yield batch


def _not_below(column: Column | None, floor: str | None) -> str:
    if column is None:
        return "TRUE"
    if floor is None:  # MySQL has no row left: nothing of the lake can be compared
        return "FALSE"
    return f"{identifier(column.lake_name)} >= {column.kind.lake_literal(floor)}"


def _after(orders: Sequence[str], values: Sequence[str]) -> str:
    """Behind a key; written so that MySQL can use the index, which row comparisons do not."""
    first, value = orders[0], values[0]
    if len(orders) == 1:
        return f"{first} > {value}"
    rest = _after(orders[1:], values[1:])
    return f"({first} >= {value} AND ({first} > {value} OR ({first} = {value} AND {rest})))"


def _up_to(orders: Sequence[str], values: Sequence[str]) -> str:
    """Up to and with a key."""
    first, value = orders[0], values[0]
    if len(orders) == 1:
        return f"{first} <= {value}"
    rest = _up_to(orders[1:], values[1:])
    return f"({first} <= {value} AND ({first} < {value} OR ({first} = {value} AND {rest})))"
