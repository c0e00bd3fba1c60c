"""What Glue has to say of a Hudi table so that Athena and Trino read it: pure dictionaries.

The names are those of the Glue API (`TableInput`, `PartitionInput`). A COPY_ON_WRITE table is one
entry; a MERGE_ON_READ table is two: `_ro` (base files only) and `_rt` (with the newest log files).
Locations are `s3://`: with `s3a://` Athena finds nothing and says nothing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from headwater_cdc.names import DAY, HUDI_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headwater_cdc.config import TableConfig

Input: TypeAlias = dict[str, Any]
_FORMAT = "org.apache.hudi.hadoop.HoodieParquetInputFormat"
REALTIME = "org.apache.hudi.hadoop.realtime.HoodieParquetRealtimeInputFormat"
_OUTPUT = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
_SERDE = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
_DAY_TYPE = "string"


def table_inputs(
    table: TableConfig,
    location: str,
    columns: Sequence[tuple[str, str]],
    comments: Mapping[str, str] | None = None,
) -> list[Input]:
    """The entries of a table; `columns` are names and lake types, without Hudi's own."""
    if table.type == "COPY_ON_WRITE":
        return [_input(table, table.table, _FORMAT, location, columns, comments or {})]
    return [
        _input(table, f"{table.table}_ro", _FORMAT, location, columns, comments or {}),
        _input(table, f"{table.table}_rt", REALTIME, location, columns, comments or {}),
    ]


def partition_input(table: Input, day: str) -> Input:
    """A partition of an entry."""
    descriptor = table["StorageDescriptor"]
    return {
        "Values": [day],
        "StorageDescriptor": {**descriptor, "Location": f"{descriptor['Location']}/{DAY}={day}"},
    }


def is_current(found: Mapping[str, Any], wanted: Input) -> bool:
    """Whether what Glue has says what we would say (Glue adds fields of its own)."""
    return all(found.get(name) == value for name, value in wanted.items())


def _input(
    table: TableConfig,
    name: str,
    input_format: str,
    location: str,
    columns: Sequence[tuple[str, str]],
    comments: Mapping[str, str],
) -> Input:
    location = "s3://" + location.split("://", 1)[1]
    return {
        "Name": name.lower(),
        "TableType": "EXTERNAL_TABLE",
        "PartitionKeys": (
            [{"Name": DAY, "Type": _DAY_TYPE}] if table.partition_by is not None else []
        ),
        "Parameters": {
            "EXTERNAL": "TRUE",
            "spark.sql.sources.provider": "hudi",
            **_spark_schema(columns, partitioned=table.partition_by is not None),
        },
        "StorageDescriptor": {
            "Columns": [
                *({"Name": column, "Type": "string"} for column in HUDI_COLUMNS),
                *(_column(column, kind, comments.get(column)) for column, kind in columns),
            ],
            "Location": location,
            "InputFormat": input_format,
            "OutputFormat": _OUTPUT,
            "SerdeInfo": {
                "SerializationLibrary": _SERDE,
                "Parameters": {
                    "serialization.format": "1",
                    "path": location,
                    "hoodie.query.as.ro.table": str(name.endswith("_ro")).lower(),
                },
            },
        },
    }


def _column(name: str, kind: str, comment: str | None) -> Input:
    return {"Name": name, "Type": kind, **({"Comment": comment[:255]} if comment else {})}


def _spark_schema(columns: Sequence[tuple[str, str]], *, partitioned: bool) -> dict[str, str]:
    """The schema as Spark looks for it, so that Spark on EMR reads the entry too."""
    fields = [(name, "string") for name in HUDI_COLUMNS] + list(columns)
    if partitioned:
        fields.append((DAY, _DAY_TYPE))
    text = json.dumps(
        {
            "type": "struct",
            "fields": [
                {"name": name, "type": _SPARK.get(kind, kind), "nullable": True, "metadata": {}}
                for name, kind in fields
            ],
        },
        separators=(",", ":"),
    )
    parts = [text[start : start + 4000] for start in range(0, len(text), 4000)]
    numbered = {f"spark.sql.sources.schema.part.{i}": part for i, part in enumerate(parts)}
    extra = (
        {"spark.sql.sources.schema.numPartCols": "1", "spark.sql.sources.schema.partCol.0": DAY}
        if partitioned
        else {}
    )
    return {"spark.sql.sources.schema.numParts": str(len(parts)), **numbered, **extra}


_SPARK = {"int": "integer", "bigint": "long"}
