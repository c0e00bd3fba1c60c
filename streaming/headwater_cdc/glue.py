"""Keeps Glue's entries as they should be: after a commit that changes them, and every few seconds.

In a thread of its own: trouble with the catalog never blocks or fails a commit; it is retried and
told in the log. A Glue that lost its memory (the local one at a restart) is filled again.
"""

from __future__ import annotations

import json
import logging
import threading
from typing import TYPE_CHECKING

from headwater_cdc import catalog
from headwater_cdc.jvm import JavaObject, hadoop_conf, java, jvm
from headwater_cdc.names import DAY

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from headwater_cdc.catalog import Input
    from headwater_cdc.config import GlueConfig, JobConfig, TableConfig
    from headwater_cdc.shape import Shape

log = logging.getLogger(__name__)
EVERY_S = 12.0


class CatalogKeeper(threading.Thread):
    """One thread for all tables."""

    def __init__(self, spark: SparkSession, config: JobConfig) -> None:
        super().__init__(name="catalog", daemon=True)
        self._config = config
        self._spark = spark
        self._client = Glue(spark, config.glue) if config.glue is not None else None
        self._wanted: dict[str, tuple[TableConfig, list[tuple[str, str]]]] = {}
        self._changed = threading.Event()
        self._stopping = threading.Event()
        self._ill = False

    def committed(self, table: TableConfig, of: Shape) -> None:
        """A commit of this shape exists; only what is new about it wakes the thread."""
        columns = [(column.name.lower(), column.lake_type) for column in of.columns]
        if self._wanted.get(table.name) != (table, columns):
            self._wanted[table.name] = (table, columns)
            self._changed.set()
        elif table.partition_by is not None:
            self._changed.set()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        self._changed.set()

    def run(self) -> None:
        """Reconcile when something changed, and every few seconds anyway."""
        while not self._stopping.is_set():
            self._changed.wait(EVERY_S)
            self._changed.clear()
            for table, columns in list(self._wanted.values()):
                if self._stopping.is_set():
                    return
                self._reconcile(table, columns)

    def _reconcile(self, table: TableConfig, columns: list[tuple[str, str]]) -> None:
        if self._client is None:
            return
        location = self._config.path_of(table)
        try:
            self._client.ensure_database(table.database)
            for wanted in catalog.table_inputs(table, location, columns):
                self._client.ensure_table(table.database, wanted)
                if table.partition_by is not None:
                    self._client.ensure_partitions(table.database, wanted, self._days(location))
        except Exception as error:  # noqa: BLE001 - py4j wraps whatever Glue throws
            if not self._ill:
                log.warning("%s: the catalog is not up to date: %s", table.name, str(error)[:500])
            self._ill = True
        else:
            if self._ill:
                log.info("%s: the catalog is up to date again", table.name)
            self._ill = False

    def _days(self, location: str) -> list[str]:
        path = java(self._spark, "org.apache.hadoop.fs.Path")(location)
        entries = path.getFileSystem(hadoop_conf(self._spark)).listStatus(path)
        names = [str(entry.getPath().getName()) for entry in entries]
        return sorted(name.removeprefix(f"{DAY}=") for name in names if name.startswith(f"{DAY}="))


class Glue:
    """The few calls of the Glue API that we make, through the AWS SDK that the job carries."""

    def __init__(self, spark: SparkSession, config: GlueConfig) -> None:
        root = jvm(spark)
        self._model = root.com.amazonaws.services.glue.model
        naming = root.com.fasterxml.jackson.databind.PropertyNamingStrategies
        self._json = root.com.fasterxml.jackson.databind.ObjectMapper()
        self._json.setPropertyNamingStrategy(naming.UPPER_CAMEL_CASE)
        builder = root.com.amazonaws.services.glue.AWSGlueClientBuilder.standard()
        if config.endpoint:
            endpoint = root.com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration(
                config.endpoint, config.region
            )
            builder.setEndpointConfiguration(endpoint)
        else:
            builder.setRegion(config.region)
        self._glue = builder.build()

    def ensure_database(self, name: str) -> None:
        """Create the database if it is missing."""
        request = self._model.GetDatabaseRequest().withName(name)
        if self._found(self._glue.getDatabase, request) is None:
            made = self._model.DatabaseInput().withName(name)
            self._glue.createDatabase(self._model.CreateDatabaseRequest().withDatabaseInput(made))
            log.info("catalog: database %s created", name)

    def ensure_table(self, database: str, wanted: Input) -> None:
        """Create or correct the entry."""
        name = wanted["Name"]
        request = self._model.GetTableRequest().withDatabaseName(database).withName(name)
        found = self._found(self._glue.getTable, request)
        made = self._made(wanted, self._model.TableInput())
        if found is None:
            create = self._model.CreateTableRequest().withDatabaseName(database)
            self._glue.createTable(create.withTableInput(made))
            log.info("catalog: %s.%s created", database, name)
        elif not _same(found.getTable(), made):
            update = self._model.UpdateTableRequest().withDatabaseName(database)
            self._glue.updateTable(update.withTableInput(made))
            log.info("catalog: %s.%s updated", database, name)

    def ensure_partitions(self, database: str, table: Input, days: list[str]) -> None:
        """Create the partitions that are missing."""
        known = self._days(database, table["Name"])
        for day in (day for day in days if day not in known):
            made = self._made(catalog.partition_input(table, day), self._model.PartitionInput())
            create = self._model.CreatePartitionRequest().withDatabaseName(database)
            self._glue.createPartition(create.withTableName(table["Name"]).withPartitionInput(made))
            log.info("catalog: %s.%s, day %s created", database, table["Name"], day)

    def _days(self, database: str, table: str) -> set[str]:
        request = self._model.GetPartitionsRequest().withDatabaseName(database)
        request = request.withTableName(table)
        days: set[str] = set()
        while True:
            page = self._glue.getPartitions(request)
            days |= {str(partition.getValues().get(0)) for partition in page.getPartitions()}
            if not page.getNextToken():
                return days
            request = request.withNextToken(page.getNextToken())

    def _found(self, call: JavaObject, request: JavaObject) -> JavaObject:
        try:
            return call(request)
        except Exception as error:
            if "EntityNotFoundException" in str(error):
                return None
            raise

    def _made(self, values: Input, empty: JavaObject) -> JavaObject:
        """A Java object of the SDK from the API's own JSON."""
        return self._json.readValue(json.dumps(values), empty.getClass())


def _same(found: JavaObject, wanted: JavaObject) -> bool:
    """Compare what we set; Glue adds fields of its own."""
    one, other = found.getStorageDescriptor(), wanted.getStorageDescriptor()
    return bool(
        one.getColumns().equals(other.getColumns())
        and one.getLocation() == other.getLocation()
        and one.getInputFormat() == other.getInputFormat()
        and found.getParameters().entrySet().containsAll(wanted.getParameters().entrySet())
    )
