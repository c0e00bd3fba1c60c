"""SHOW, DESCRIBE and DDL: what Athena answers with its Hive grammar, here from Glue.

Each command is a function from (catalog, command, default database) to columns and rows; the
texts of failures are Hive's, as Athena passes them on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from headwater.lake.athena.catalog import Catalog, is_missing, is_view, metadata_error
from headwater.lake.athena.engine import EngineError
from headwater.lake.athena.protocol import ApiError, Json
from headwater.lake.athena.values import Column

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.lake.athena.statements import Command

Answer = tuple[list[Column], list[list[str | None]]]
NONE: Answer = ([], [])
_TASK = "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask."


def execute(catalog: Catalog, command: Command, database: str) -> Answer:
    """Carry out a command; raises EngineError in Athena's words."""
    try:
        return _ACTIONS[command.action](catalog, command, database)
    except ApiError as error:
        if is_missing(error):
            raise _failed(_missing(command, database)) from error
        raise _failed(f"{_TASK} {error.message}") from error
    except (ClientError, BotoCoreError) as error:
        raise _failed(f"{_TASK} {metadata_error(error).message}") from error


def _failed(message: str) -> EngineError:
    return EngineError("", message)


def _missing(command: Command, database: str) -> str:
    if command.action in {"show_tables", "show_views", "drop_database"}:
        name = command.path[-1] if command.path else database
        return f"FAILED: SemanticException [Error 10072]: Database does not exist: {name}"
    name = ".".join(_table_path(command, database))
    return f"FAILED: SemanticException [Error 10001]: Table not found {name}"


def _table_path(command: Command, database: str) -> tuple[str, str]:
    in_database = command.options.get("database", "").strip('`"').lower()
    parent = command.path[-2] if len(command.path) > 1 else in_database or database
    return parent, command.path[-1]


def _list(column: str, names: list[str], pattern: str | None) -> Answer:
    """Names in order; Hive's patterns know `*` for anything and `|` for or."""
    if pattern is not None:
        expression = re.compile(pattern.replace("*", ".*"), re.IGNORECASE)
        names = [name for name in names if expression.fullmatch(name)]
    return [Column.text(column)], [[name] for name in sorted(names)]


def _show_databases(catalog: Catalog, command: Command, _: str) -> Answer:
    names = [database["Name"] for database in catalog.databases()]
    return _list("database_name", names, command.options.get("pattern"))


def _show_tables(catalog: Catalog, command: Command, database: str) -> Answer:
    tables = catalog.tables(command.path[-1] if command.path else database)
    return _list("tab_name", [t["Name"] for t in tables], command.options.get("pattern"))


def _show_views(catalog: Catalog, command: Command, database: str) -> Answer:
    tables = catalog.tables(command.path[-1] if command.path else database)
    return _list("views", [t["Name"] for t in tables if is_view(t)], command.options.get("pattern"))


def _show_partitions(catalog: Catalog, command: Command, database: str) -> Answer:
    path = _table_path(command, database)
    keys = [key["Name"] for key in catalog.table(*path).get("PartitionKeys", ())]
    if not keys:
        raise _failed(f"{_TASK} Table {path[1]} is not a partitioned table")
    found = ("/".join(map("=".join, zip(keys, v, strict=True))) for v in catalog.partitions(*path))
    return [Column.text("partition")], [[name] for name in sorted(found)]


def _columns(table: Json) -> list[Json]:
    return [*table["StorageDescriptor"].get("Columns", ()), *table.get("PartitionKeys", ())]


def _show_columns(catalog: Catalog, command: Command, database: str) -> Answer:
    table = catalog.table(*_table_path(command, database))
    return [Column.text("field")], [[f"{c['Name']:<20}"] for c in _columns(table)]


def _show_properties(catalog: Catalog, command: Command, database: str) -> Answer:
    known = catalog.table(*_table_path(command, database)).get("Parameters", {})
    columns = [Column.text("prpt_name"), Column.text("prpt_value")]
    wanted = command.options.get("property")
    if wanted is not None:
        known = {wanted: known.get(wanted, f"Table does not have property: {wanted}")}
    return columns, [[f"{name}\t{value}"] for name, value in sorted(known.items())]


def _describe(catalog: Catalog, command: Command, database: str) -> Answer:
    table = catalog.table(*_table_path(command, database))
    lines = [_described(column) for column in _columns(table)]
    keys = table.get("PartitionKeys", ())
    if keys:
        head = "\t".join(f"{name:<20}" for name in ("# col_name", "data_type", "comment"))
        blank = "\t \t "
        lines += [blank, f"{'# Partition Information':<24}\t \t ", head, blank]
        lines += [_described(key) for key in keys]
    columns = [Column.text(name) for name in ("col_name", "data_type", "comment")]
    return columns, [[line] for line in lines]


def _described(column: Json) -> str:
    values = (column["Name"], column.get("Type", "string"), column.get("Comment") or "")
    return "\t".join(f"{value:<20}" for value in values)


def _show_create_table(catalog: Catalog, command: Command, database: str) -> Answer:
    path = _table_path(command, database)
    table = catalog.table(*path)
    if is_view(table):
        raise _failed(f"{_TASK} {'.'.join(path)} is a view; use SHOW CREATE VIEW")
    storage = table["StorageDescriptor"]
    lines = [f"CREATE EXTERNAL TABLE `{'.'.join(path)}`(", *_declared(storage["Columns"])]
    if table.get("PartitionKeys"):
        lines += ["PARTITIONED BY ( ", *_declared(table["PartitionKeys"])]
    lines += ["ROW FORMAT SERDE ", f"  '{storage['SerdeInfo']['SerializationLibrary']}' "]
    lines += ["STORED AS INPUTFORMAT ", f"  '{storage['InputFormat']}' "]
    lines += ["OUTPUTFORMAT ", f"  '{storage['OutputFormat']}'"]
    lines += ["LOCATION", f"  '{storage['Location']}'"]
    parameters = [f"  '{k}'='{v}'" for k, v in sorted(table.get("Parameters", {}).items())]
    lines += ["TBLPROPERTIES (", *",\n".join(parameters).split("\n")]
    lines[-1] += ")"
    return [Column.text("createtab_stmt")], [[line] for line in lines]


def _declared(columns: list[Json]) -> list[str]:
    lines = [f"  `{c['Name']}` {c.get('Type', 'string')}, " for c in columns]
    return [*lines[:-1], lines[-1].removesuffix(", ") + ")"]


def _create_database(catalog: Catalog, command: Command, _: str) -> Answer:
    options = {"Description": command.options.get("comment", "")}
    options["LocationUri"] = command.options.get("location", "")
    known = {name: value for name, value in options.items() if value}
    try:
        catalog.glue.create_database(DatabaseInput={"Name": command.path[-1], **known})
    except catalog.glue.exceptions.AlreadyExistsException:
        if "unless" not in command.options:
            raise _failed(f"{_TASK} Database {command.path[-1]} already exists") from None
    return NONE


def _drop_database(catalog: Catalog, command: Command, _: str) -> Answer:
    name = command.path[-1]
    try:
        tables = catalog.tables(name)
        if tables and "cascade" not in command.options:
            raise _failed(
                f"{_TASK} InvalidOperationException(message:Database {name} is not empty. "
                "One or more tables exist.)"
            )
        catalog.glue.delete_database(Name=name)
    except ApiError as error:
        if not (is_missing(error) and "unless" in command.options):
            raise
    return NONE


def _drop_table(catalog: Catalog, command: Command, database: str) -> Answer:
    path = _table_path(command, database)
    try:
        catalog.table(*path)
    except ApiError as error:
        if is_missing(error) and "unless" in command.options:
            return NONE
        raise
    catalog.glue.delete_table(DatabaseName=path[0], Name=path[1])
    return NONE


def _refused(reason: str) -> Callable[[Catalog, Command, str], Answer]:
    def refuse(catalog: Catalog, command: Command, database: str) -> Answer:
        path = _table_path(command, database)
        if not command.action.startswith("create"):
            catalog.table(*path)  # what is not there fails as that
        raise _failed(f"{_TASK} {reason.format('.'.join(path))}")

    return refuse


_ACTIONS: dict[str, Callable[[Catalog, Command, str], Answer]] = {
    "show_databases": _show_databases,
    "show_tables": _show_tables,
    "show_views": _show_views,
    "show_partitions": _show_partitions,
    "show_columns": _show_columns,
    "show_properties": _show_properties,
    "show_create_table": _show_create_table,
    "describe": _describe,
    "create_database": _create_database,
    "drop_database": _drop_database,
    "drop_table": _drop_table,
    "repair_table": _refused(
        "MSCK REPAIR TABLE is not supported for Hudi tables such as {}: "
        "the writer registers its partitions"
    ),
    "alter_table": _refused("{} is declared by the streaming job; ALTER TABLE is not supported"),
    "create_table": _refused(
        "CREATE TABLE {} is not supported by the local endpoint: "
        "tables of the lake are written and registered by the streaming job"
    ),
}
