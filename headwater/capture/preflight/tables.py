"""Checks of one table: its key, its engine, its columns, its foreign keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.capture.preflight.findings import Check, Problem
from headwater.mysql import quoted
from headwater_cdc.names import CHANGED_AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.capture.preflight.facts import Cascade, Table

LARGEST = 20 * 1024**2
"""`producer.override.max.request.size` of debezium/connector.json."""

CASCADES_IN_BINLOG = (9, 6)
_ACTS = ("CASCADE", "SET NULL", "SET DEFAULT")
_MOMENTS = ("date", "datetime", "timestamp")
_NOT_CARRIED = ("vector",)


def _key(table: Table) -> Iterator[Problem]:
    if "PRIMARY" in table.keys or table.captured.key or table.captured.layout.append_only:
        return
    usable = [key for key in table.keys.values() if _not_null(table, key)]
    mends = (
        f"headwater capture {table.captured.name} --key {','.join(usable[0])}"
        if usable
        else f"ALTER TABLE {table.name} ADD COLUMN row_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT"
        " PRIMARY KEY, or keep its changes from now on: headwater capture"
        f" {table.captured.name} --append-only"
    )
    yield Problem("it has no primary key, so that its rows cannot be told apart", mends)


def _declared_key(table: Table) -> Iterator[Problem]:
    key, name = table.captured.key, table.captured.name
    if not key:
        return
    if "PRIMARY" in table.keys:
        primary = ", ".join(table.keys["PRIMARY"])
        mends = f"remove `key` of {name} from feeds/capture.yaml"
        yield Problem(f"it has a primary key ({primary}), which counts", mends)
    elif {*map(str.lower, key)} not in [{*map(str.lower, other)} for other in table.keys.values()]:
        columns = ", ".join(map(quoted, key))
        mends = f"ALTER TABLE {table.name} ADD UNIQUE KEY ({columns})"
        yield Problem(f"the declared key ({', '.join(key)}) is no unique key of it", mends)
    elif not _not_null(table, key):
        nullable = [name for name in key if (c := table.column(name)) and c.nullable]
        yield Problem(
            f"the declared key's columns {', '.join(nullable)} may be NULL, and NULL is not unique",
            f"ALTER TABLE {table.name} MODIFY … NOT NULL for {', '.join(nullable)}",
        )


def _not_null(table: Table, key: tuple[str, ...]) -> bool:
    columns = [table.column(name) for name in key]
    return all(column is not None and not column.nullable for column in columns)


def _engine(table: Table) -> Iterator[Problem]:
    if table.engine.lower() != "innodb":
        yield Problem(
            f"its engine is {table.engine}: what a failed statement leaves behind, or what a"
            " restart takes, is not in the binlog",
            f"ALTER TABLE {table.name} ENGINE = InnoDB",
        )


def _cascades(table: Table) -> Iterator[Problem]:
    if table.server.version >= CASCADES_IN_BINLOG:
        return
    for key in table.cascades:
        rules = [(what, rule) for what, rule in _rules(key) if rule in _ACTS]
        if rules:
            said = ", ".join(f"ON {what} {rule}" for what, rule in rules)
            yield Problem(
                f"foreign key {key.constraint} to {key.parent} acts by {said}: the rows that this"
                " changes here are not in the binlog",
                f"{_without_rules(table, key)} — and let the application change those rows",
            )


def _without_rules(table: Table, key: Cascade) -> str:
    """Two statements: one alone may not drop and add a constraint of the same name."""
    own, parents = (", ".join(map(quoted, names)) for names in (key.columns, key.parent_columns))
    return (
        f"ALTER TABLE {table.name} DROP FOREIGN KEY {quoted(key.constraint)}; "
        f"ALTER TABLE {table.name} ADD CONSTRAINT {quoted(key.constraint)} FOREIGN KEY ({own})"
        f" REFERENCES {quoted(key.parent_schema, key.parent)} ({parents})"
    )


def _rules(key: Cascade) -> Iterator[tuple[str, str]]:
    yield "UPDATE", key.on_update
    yield "DELETE", key.on_delete


def _partition(table: Table) -> Iterator[Problem]:
    wanted = table.captured.layout.partition_by
    if wanted is None or (table.captured.layout.append_only and wanted == CHANGED_AT):
        return
    key = table.keys.get("PRIMARY") or table.captured.key
    column = table.column(wanted)
    if wanted not in key or column is None or column.data_type not in _MOMENTS:
        moments = [n for n in key if (c := table.column(n)) and c.data_type in _MOMENTS]
        yield Problem(
            f"partition_by {wanted} is no DATE, DATETIME or TIMESTAMP column of its key",
            f"headwater capture {table.captured.name} --partition-by {moments[0]}"
            if moments
            else f"remove partition_by of {table.captured.name} from feeds/capture.yaml",
        )


def _types(table: Table) -> Iterator[Problem]:
    for column in table.columns:
        if column.data_type in _NOT_CARRIED:
            said = f"is {column.data_type.upper()}, for which the lake has no type"
            mends = f"ALTER TABLE {table.name} DROP or MODIFY {quoted(column.name)}"
            yield Problem(f"column {column.name} {said}", mends)


def _size(table: Table) -> Iterator[Problem]:
    packet = int(table.server.value("max_allowed_packet") or 0) or LARGEST * 4
    most = min(packet, sum(column.octets for column in table.columns))
    if most > LARGEST:
        yield Problem(
            f"a row may take {most // 1024**2} MB; one of more than {LARGEST // 1024**2} MB"
            " goes into the quarantine (docs/wire.md, Large rows)",
            "raise value.converter.max.message.bytes in debezium/worker.properties and"
            " producer.override.max.request.size in debezium/connector.json, or keep such values"
            " out of the table",
        )


def _names(table: Table) -> Iterator[Problem]:
    own = table.captured
    for other in table.others:
        if own.name.lower() == other.name.lower() or own.topic == other.topic:
            yield Problem(
                f"it and {other.name} would share a topic or a name in the lake, where case and"
                " what is no letter, digit, _ or - do not count",
                f"RENAME TABLE {table.name} TO …, or headwater release '{other.name}'",
            )


def _readable(table: Table) -> Iterator[Problem]:
    if not table.readable:
        account = table.server.account
        yield Problem(
            f"the account {account} may not read it",
            f"GRANT SELECT ON {quoted(table.captured.database)}.* TO '{account}'@'…'",
        )


CHECKS: tuple[Check[Table], ...] = (
    Check("key", "refuse", _key, "rows are told apart by their key"),
    Check("declared-key", "refuse", _declared_key, "a key has to be unique and never NULL"),
    Check("engine", "refuse", _engine, "only InnoDB's binlog is what its tables are"),
    Check(
        "cascade", "refuse", _cascades,
        "InnoDB changes the child's rows by itself, before MySQL 9.6 unseen by the binlog",
    ),
    Check("partition", "refuse", _partition, "the day comes from the key, so it never changes"),
    Check("type", "refuse", _types, "a value that cannot be carried exactly is not carried"),
    Check("size", "warn", _size, "a row that is too large for a message goes into the quarantine"),
    Check("name", "refuse", _names, "two tables would write to one"),
    Check("readable", "refuse", _readable, "Debezium has to read the rows that are there"),
)  # fmt: skip
