"""Which columns of a table are compared, and how: MySQL's declaration beside the lake's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headwater.errors import LakeBehindError, VerifyError
from headwater.lake.sql import identifier, query
from headwater.lake.tables import columns as lake_columns
from headwater.lake.verify.canonical import GEOMETRY, MICROS, MILLIS, SRID, Kind, kind_of
from headwater.mysql import quoted
from headwater_cdc.names import lake_names, srid_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pymysql.cursors import Cursor

    from headwater.captured import CapturedTable
    from headwater.connections import Aws

_COLUMNS = """
SELECT column_name, data_type, COALESCE(datetime_precision, 0), extra LIKE '%%VIRTUAL GENERATED%%'
FROM information_schema.columns WHERE table_schema = %s AND table_name = %s
ORDER BY ordinal_position
"""
_KEY = """
SELECT column_name FROM information_schema.statistics
WHERE table_schema = %s AND table_name = %s AND index_name = 'PRIMARY' ORDER BY seq_in_index
"""
# MySQL orders and compares these by number, though they are read as text.
_BY_NUMBER = frozenset({"enum", "set", "bit"})


@dataclass(frozen=True)
class Column:
    """One column that is compared: its names and its kind."""

    name: str
    lake_name: str
    type: str
    kind: Kind

    @property
    def order(self) -> str:
        """MySQL's expression for the column's place in the order of a key."""
        name = quoted(self.name)
        return f"({name} + 0)" if self.type in _BY_NUMBER else name


@dataclass(frozen=True)
class Shape:
    """A table on both sides; `floor` is the column by which MySQL's purges are recognised."""

    captured: CapturedTable
    columns: tuple[Column, ...]
    keys: tuple[Column, ...]
    floor: Column | None
    notes: tuple[str, ...]

    @property
    def mysql_name(self) -> str:
        """The table in MySQL's dialect."""
        return quoted(self.captured.database, self.captured.table)

    @property
    def lake_name(self) -> str:
        """The table in Athena's dialect."""
        return _lake_name(self.captured)


def read_shape(cursor: Cursor, aws: Aws, table: CapturedTable) -> Shape:
    """Read both declarations; raises VerifyError where they cannot be compared.

    LakeBehindError where they may be once the lake has caught up.
    """
    declared = _declared(cursor, table)
    key = _names(cursor, _KEY, table) or list(table.key)
    if not key:
        raise VerifyError(
            f"{table.name} has no primary key",
            remedy=f"`headwater capture {table.name} --key COLUMN` declares a unique one",
        )
    kinds, skipped = _kinds(aws, table, declared)
    columns = tuple(kinds[name] for name, *_ in declared if name in kinds)
    columns += tuple(_srids(table, declared, columns))
    unkeyed = [name for name in key if name not in kinds]
    if unkeyed:
        raise VerifyError(f"{table.name}: key columns {unkeyed} are of types not compared")
    floor = _floor(table, columns)
    notes = [f"{c.name}: {c.kind.note}" for c in columns if c.kind.note]
    notes += [f"{name} ({kind}): not compared" for name, kind in skipped]
    if table.layout.on_delete == "ignore":
        notes.append(_floor_note(floor))
    return Shape(table, columns, tuple(kinds[name] for name in key), floor, tuple(notes))


def _lake_name(table: CapturedTable) -> str:
    name = table.table.lower() + table.layout.endings[-1]
    return f"{identifier(table.database)}.{identifier(name)}"


def _declared(cursor: Cursor, table: CapturedTable) -> Sequence[tuple[str, str, int, int]]:
    cursor.execute(_COLUMNS, (table.database, table.table))
    declared = cursor.fetchall()
    if not declared:
        raise VerifyError(
            f"MySQL has no table {table.name}, or our account may not read it",
            remedy="`headwater capture` shows what is captured",
        )
    return declared


def _names(cursor: Cursor, statement: str, table: CapturedTable) -> list[str]:
    cursor.execute(statement, (table.database, table.table))
    return [name for (name,) in cursor.fetchall()]


def _kinds(
    aws: Aws, table: CapturedTable, declared: Sequence[tuple[str, str, int, int]]
) -> tuple[dict[str, Column], list[tuple[str, str]]]:
    registered = _registered(aws, table)
    names = lake_names((d[0] for d in declared), partitioned=table.layout.partition_by is not None)
    digits = _digits(aws, table, declared, names)
    found: dict[str, Column] = {}
    skipped = []
    for (name, kind, _, is_virtual), lake_name in zip(declared, names, strict=True):
        in_lake = registered.get(lake_name)
        if in_lake is None and not is_virtual:
            raise LakeBehindError(
                f"{table.name}: MySQL's column {name} is not in the lake ({lake_name})",
                remedy="`headwater status` shows whether a change of schema is pending or paused",
            )
        how = kind_of(kind, in_lake, digits) if in_lake else None
        if how is None:
            skipped.append((name, kind))
        else:
            found[name] = Column(name, lake_name, kind, how)
    return found, skipped


def _srids(
    table: CapturedTable, declared: Sequence[tuple[str, str, int, int]], columns: Sequence[Column]
) -> Iterator[Column]:
    """The second column that each geometry has in the lake."""
    shapes = [column for column in columns if column.kind is GEOMETRY]
    names = srid_names(
        [name for name, *_ in declared],
        [shape.name for shape in shapes],
        partitioned=table.layout.partition_by is not None,
    )
    for shape in shapes:
        yield replace(shape, lake_name=names[shape.name], kind=SRID)


def _registered(aws: Aws, table: CapturedTable) -> dict[str, str]:
    name = table.table.lower() + table.layout.endings[-1]
    registered = lake_columns(aws, table.database, name)
    if not registered:
        raise LakeBehindError(
            f"the lake has no table {table.name} yet",
            remedy="`headwater status` shows whether its first rows are on their way",
        )
    return registered


def _digits(
    aws: Aws,
    table: CapturedTable,
    declared: Sequence[tuple[str, str, int, int]],
    names: Sequence[str],
) -> int:
    """The fractional digits of timestamps; asked of the engine only where it matters."""
    fine = [
        name
        for (_, kind, precision, _), name in zip(declared, names, strict=True)
        if kind in {"datetime", "timestamp"} and precision > MILLIS
    ]
    if not fine:
        return MICROS
    sql = f"SELECT typeof((SELECT {identifier(fine[0])} FROM {_lake_name(table)} LIMIT 1))"  # noqa: S608 - names, quoted
    answer = str(query(aws, sql, table.database).rows[0][0])
    return MILLIS if answer == f"timestamp({MILLIS})" else MICROS


def _floor(table: CapturedTable, columns: Sequence[Column]) -> Column | None:
    """The column that orders history in time, where MySQL may purge it and the lake not."""
    if table.layout.on_delete != "ignore":
        return None
    if table.layout.partition_by:
        return next((c for c in columns if c.name == table.layout.partition_by), None)
    moments = [c for c in columns if c.type in {"datetime", "timestamp", "date"}]
    return moments[0] if len(moments) == 1 else None


def _floor_note(floor: Column | None) -> str:
    if floor is None:
        return "MySQL may purge rows: rows that only the lake has are not compared"
    return f"MySQL may purge rows: compared from MySQL's oldest {floor.name} on"
