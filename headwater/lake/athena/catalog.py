"""Databases and tables, from Glue, as Athena's metadata operations show them."""

from __future__ import annotations

import base64
import binascii
import json
import re
import uuid
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from headwater.lake.athena.protocol import ApiError, Json, invalid, page, required

if TYPE_CHECKING:
    from datetime import datetime

CATALOG = "AwsDataCatalog"
_VIEW = re.compile(r"/\* Presto View: (\S+) \*/")
_HIVE_TYPES = {
    "integer": "int",
    "real": "float",
    "varbinary": "binary",
    "varchar": "string",
    "timestamp": "timestamp",
}
_CATALOGS = {"DataCatalogsSummary": [{"CatalogName": CATALOG, "Type": "GLUE"}]}


class Catalog:
    """Reads Glue."""

    def __init__(self, glue: Any) -> None:  # noqa: ANN401 - boto3 makes its clients at run time
        self.glue = glue

    def list_data_catalogs(self, _: Json) -> Json:
        """The one catalog there is."""
        return _CATALOGS

    def get_data_catalog(self, parameters: Json) -> Json:
        """The catalog by name."""
        name = required(parameters, "Name")
        if name.lower() != CATALOG.lower():
            raise invalid(f"Data catalog {name} was not found")
        return {"DataCatalog": {"Name": CATALOG, "Type": "GLUE", "Parameters": {}}}

    def list_databases(self, parameters: Json) -> Json:
        """A page of the databases."""
        found = [_database(database) for database in self.databases()]
        items, token = page(found, parameters, 50)
        return {"DatabaseList": items, **token}

    def get_database(self, parameters: Json) -> Json:
        """One database."""
        name = required(parameters, "DatabaseName")
        return {"Database": _database(self._answer("get_database", Name=name)["Database"])}

    def list_table_metadata(self, parameters: Json) -> Json:
        """A page of the tables of a database; `Expression` is a pattern of names."""
        pattern = parameters.get("Expression") or ".*"
        tables = self.tables(required(parameters, "DatabaseName"))
        try:
            found = [_table(t) for t in tables if re.fullmatch(pattern, t["Name"])]
        except re.error as error:
            raise invalid(f"Invalid expression {pattern}: {error}") from error
        items, token = page(found, parameters, 50)
        return {"TableMetadataList": items, **token}

    def get_table_metadata(self, parameters: Json) -> Json:
        """One table with its columns."""
        database = required(parameters, "DatabaseName")
        return {"TableMetadata": _table(self.table(database, required(parameters, "TableName")))}

    def databases(self) -> list[Json]:
        """Every database, as Glue has it."""
        return self._all("get_databases", "DatabaseList")

    def tables(self, database: str) -> list[Json]:
        """Every table of a database, as Glue has it."""
        return [
            _with_columns(t) for t in self._all("get_tables", "TableList", DatabaseName=database)
        ]

    def table(self, database: str, name: str) -> Json:
        """One table, as Glue has it."""
        return _with_columns(self._answer("get_table", DatabaseName=database, Name=name)["Table"])

    def partitions(self, database: str, table: str) -> list[list[str]]:
        """The values of every partition of a table."""
        found = self._all("get_partitions", "Partitions", DatabaseName=database, TableName=table)
        return [list(partition["Values"]) for partition in found]

    def _all(self, operation: str, member: str, **arguments: str) -> list[Json]:
        pages = self.glue.get_paginator(operation).paginate(**arguments)
        try:
            return [item for found in pages for item in found[member]]
        except (ClientError, BotoCoreError) as error:
            raise metadata_error(error) from error

    def _answer(self, operation: str, **arguments: str) -> Json:
        try:
            return dict(getattr(self.glue, operation)(**arguments))
        except (ClientError, BotoCoreError) as error:
            raise metadata_error(error) from error


def metadata_error(error: Exception) -> ApiError:
    """Glue's refusal in Athena's words; clients look for EntityNotFoundException in it."""
    if not isinstance(error, ClientError):
        return ApiError("MetadataException", f"Glue does not answer: {error}")
    code = error.response.get("Error", {}).get("Code", "InternalServiceException")
    text = error.response.get("Error", {}).get("Message") or "Entity Not Found"
    return ApiError(
        "MetadataException",
        f"{text} (Service: AmazonDataCatalog; Status Code: 400; Error Code: {code}; "
        f"Request ID: {uuid.uuid4()}; Proxy: null)",
    )


def is_missing(error: ApiError) -> bool:
    """Whether Glue said that there is no such database or table."""
    return "Error Code: EntityNotFoundException" in error.message


def is_view(table: Json) -> bool:
    """Whether a Glue table is a view."""
    return table.get("TableType") == "VIRTUAL_VIEW"


def _with_columns(table: Json) -> Json:
    """A view's columns are in its definition: Trino gives Glue only a dummy column."""
    found = _VIEW.match(table.get("ViewOriginalText") or "")
    if not found:
        return table
    try:
        declared = json.loads(base64.b64decode(found[1]))["columns"]
    except (binascii.Error, ValueError, KeyError):
        return table
    columns = [{"Name": c["name"], "Type": _hive_type(c["type"])} for c in declared]
    return {**table, "StorageDescriptor": {**table["StorageDescriptor"], "Columns": columns}}


def _hive_type(name: str) -> str:
    kind = name.partition("(")[0]
    if kind == "timestamp" and not name.endswith(")"):
        return name  # with a time zone, which Hive does not have
    return _HIVE_TYPES.get(kind, name)


def _database(database: Json) -> Json:
    return {
        "Name": database["Name"],
        "Parameters": database.get("Parameters", {}),
        **({"Description": database["Description"]} if database.get("Description") else {}),
    }


def _table(table: Json) -> Json:
    storage = table.get("StorageDescriptor") or {}
    serde = storage.get("SerdeInfo") or {}
    return {
        "Name": table["Name"],
        "CreateTime": _epoch(table.get("CreateTime")),
        "LastAccessTime": _epoch(table.get("LastAccessTime")),
        "TableType": table.get("TableType", "EXTERNAL_TABLE"),
        "Columns": [_column(c) for c in storage.get("Columns", ())],
        "PartitionKeys": [_column(c) for c in table.get("PartitionKeys", ())],
        "Parameters": {
            **table.get("Parameters", {}),
            "location": storage.get("Location", ""),
            "inputformat": storage.get("InputFormat", ""),
            "outputformat": storage.get("OutputFormat", ""),
            "serde.serialization.lib": serde.get("SerializationLibrary", ""),
        },
    }


def _column(column: Json) -> Json:
    comment = {"Comment": column["Comment"]} if column.get("Comment") else {}
    return {"Name": column["Name"], "Type": column.get("Type", "string"), **comment}


def _epoch(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0
