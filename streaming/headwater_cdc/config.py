"""The desired state of the job: which tables, from which topics, to where."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from headwater_cdc.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

TableType = Literal["COPY_ON_WRITE", "MERGE_ON_READ"]
OnDelete = Literal["apply", "ignore"]


@dataclass(frozen=True)
class GlueConfig:
    """Where the catalog is; without an endpoint it is AWS's own."""

    endpoint: str = ""
    region: str = "us-east-1"


@dataclass(frozen=True)
class TableConfig:
    """One table: where it comes from and how it lies in the lake."""

    database: str
    table: str
    topic: str
    type: TableType = "COPY_ON_WRITE"
    buckets: int = 1
    partition_by: str | None = None
    on_delete: OnDelete = "apply"
    commit_every: int = 0  # seconds at least between two commits, but for full batches
    append_only: bool = False

    @property
    def name(self) -> str:
        """`database.table`, by which statuses and logs name it."""
        return f"{self.database}.{self.table}"


@dataclass(frozen=True)
class JobConfig:
    """The whole document; `bucket` is that of the warehouse."""

    kafka: Mapping[str, str]
    warehouse: str
    tables: tuple[TableConfig, ...]
    schemas_topic: str = "_headwater.schemas"
    heartbeat_topic: str = ""
    history_topic: str = ""
    glue: GlueConfig | None = None
    query_seconds: int = 900  # how long a query may run: what it reads stays
    origin: str = field(default="", compare=False)

    @property
    def control(self) -> str:
        """The folder of statuses: `_headwater` beside the warehouse."""
        return f"{self.warehouse.rsplit('/', 1)[0]}/_headwater"

    def path_of(self, table: TableConfig) -> str:
        """Where the table lies."""
        return f"{self.warehouse}/{table.database}/{table.table}"


def parse(text: str, origin: str = "") -> JobConfig:
    """Read the document; what is wrong is named with its key and value."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise ConfigError(f"{origin}: not JSON: {error}") from error
    if not isinstance(document, dict):
        raise ConfigError(f"{origin}: expected an object, found {type(document).__name__}")
    glue = document.get("glue")
    tables = tuple(_table(entry, origin) for entry in _need(document, "tables", list, origin))
    _refuse_twice(tables, origin)
    return JobConfig(
        kafka=dict(_need(document, "kafka", dict, origin)),
        warehouse=str(_need(document, "warehouse", str, origin)).rstrip("/"),
        tables=tables,
        schemas_topic=str(document.get("schemas_topic", "_headwater.schemas")),
        heartbeat_topic=str(document.get("heartbeat_topic", "")),
        history_topic=str(document.get("history_topic", "")),
        glue=None if glue is None else GlueConfig(**glue),
        query_seconds=int(document.get("query_seconds", JobConfig.query_seconds)),
        origin=origin,
    )


def _table(entry: Mapping[str, Any], origin: str) -> TableConfig:
    unknown = set(entry) - set(TableConfig.__dataclass_fields__)
    if unknown:
        raise ConfigError(f"{origin}: unknown keys {sorted(unknown)} of table {entry}")
    for name in ("database", "table", "topic"):
        _need(entry, name, str, origin)
    table = TableConfig(**entry)
    for value, valid in ((table.type, TableType), (table.on_delete, OnDelete)):
        if value not in get_args(valid):
            raise ConfigError(f"{origin}: {table.name}: {value!r}, valid are {get_args(valid)}")
    if not isinstance(table.buckets, int) or table.buckets < 1:
        raise ConfigError(
            f"{origin}: {table.name}: buckets is {table.buckets!r}, valid is 1 or more"
        )
    if not isinstance(table.commit_every, int) or table.commit_every < 0:
        raise ConfigError(
            f"{origin}: {table.name}: commit_every is {table.commit_every!r}, "
            "valid are seconds, 0 or more"
        )
    return table


def _need(document: Mapping[str, Any], name: str, kind: type, origin: str) -> Any:  # noqa: ANN401 - of the kind asked for
    value = document.get(name)
    if not isinstance(value, kind):
        raise ConfigError(f"{origin}: {name} is {value!r}, expected {kind.__name__}")
    return value


def _refuse_twice(tables: tuple[TableConfig, ...], origin: str) -> None:
    names = [table.name for table in tables]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError(f"{origin}: declared twice: {', '.join(twice)}")
