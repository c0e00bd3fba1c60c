"""Made-up history of flights and of the pipeline, as the database `bench` of the running stack.

Written with the job's own writer, a commit per day and table, because a month through MySQL and
Kafka takes an hour on two cores. Tables and views are those of the stack, in another place.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from headwater.lake import files, views
from headwater.lake.sql import query
from headwater_cdc.catalog import partition_input
from headwater_cdc.config import TableConfig
from headwater_cdc.hudi import LakeTable
from headwater_cdc.names import DAY, HUDI_COLUMNS
from headwater_cdc.state import TableState
from headwater_cdc.types import stored_name
from support.cdc_session import session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

    from headwater.connections import Aws

DATABASE, AIRCRAFT, POLL_S = "bench", 60, 30
POLLS = 86_400 // POLL_S
_COUNTRY = (
    "element_at(array('Switzerland','Germany','France','Italy','Austria','Spain'), 1 + p % 6)"
)
# Aircraft that climb, cruise, descend and wait on the ground, each with a phase of its own.
_HIGH = "greatest(0, sin(2 * pi() * ((n + 37 * p) % 240) / 240))"
_STATE = {
    "icao24": "concat('zz', lpad(hex(p), 4, '0'))",
    "callsign": "concat('BEN', p)",
    "origin_country": _COUNTRY,
    **dict.fromkeys(("time_position", "last_contact", "polled_at"), "at"),
    "longitude": "6 + 4.5 * ((n + 37 * p) % 240) / 240",
    "latitude": "46 + p / 40",
    "baro_altitude": f"12000 * {_HIGH}",
    "on_ground": f"{_HIGH} = 0",
    "velocity": f"250 * {_HIGH}",
    "true_track": "(7 * p) % 360",
    "vertical_rate": "15 * cos(2 * pi() * ((n + 37 * p) % 240) / 240)",
    "squawk": "lpad(p, 4, '1')",
}
_ANSWER = {
    "response_id": "uuid()", "feed": "'flights'", "fetched_at": "at", "url": "''",
    "status": "if(n % 50 = 0, 503, 200)", "bytes": "9000", "rows_applied": "120",
    "outcome": "if(n % 50 = 0, 'failed', 'applied')", "rows_rejected": "0", "source": "'simulator'",
}  # fmt: skip
_MEASURE = {"measured_at": "at", "subject": "subject", "metric": "metric", "value": "n + p"}


@dataclass(frozen=True)
class _Table:
    database: str
    name: str
    keys: tuple[str, ...]
    columns: Mapping[str, str]
    per_poll: int
    history: bool = True


class History:
    """Fills the tables of `bench` for so many days until now."""

    def __init__(self, aws: Aws, database: str, days: int) -> None:
        self._aws, self._database, self._days = aws, database, days
        self._glue = files.client(aws, "glue")
        self._spark = _spark(aws)
        self._now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)

    def fill(self, sql: Path) -> None:
        """Tables, then the views over them; what an earlier run left goes."""
        self.forget()
        measured = query(self._aws, "SELECT DISTINCT subject, metric FROM headwater.metrics",
                         self._database).rows  # fmt: skip
        self._spark.createDataFrame(
            [(number, *row) for number, row in enumerate(measured)],
            "p int, subject string, metric string",
        ).createOrReplaceTempView("measured")
        self._glue.create_database(DatabaseInput={"Name": DATABASE})
        feeds, of_plane = self._database, ("icao24", "time_position")
        of_measure = ("measured_at", "subject", "metric")
        self._write(_Table(feeds, "flights", ("icao24",), _STATE, AIRCRAFT, history=False))
        self._write(_Table(feeds, "flight_positions", of_plane, _STATE, AIRCRAFT))
        self._write(_Table(feeds, "api_responses", ("response_id",), _ANSWER, 1))
        self._write(_Table("headwater", "metrics", of_measure, _MEASURE, len(measured)))
        for view in views.load(sql):
            here = replace(view, sql=view.sql.replace("headwater.metrics", f"{DATABASE}.metrics"))
            self._glue.create_table(DatabaseName=DATABASE, TableInput=here.entry(DATABASE))

    def forget(self) -> None:
        """Remove the database and its files."""
        if any(d["Name"] == DATABASE for d in self._glue.get_databases()["DatabaseList"]):
            for table in self._glue.get_tables(DatabaseName=DATABASE)["TableList"]:
                self._glue.delete_table(DatabaseName=DATABASE, Name=table["Name"])
            self._glue.delete_database(Name=DATABASE)
        files.remove_all(self._aws, f"{DATABASE}/")

    def _write(self, table: _Table) -> None:
        there = self._glue.get_table(DatabaseName=table.database, Name=table.name)["Table"]
        days = bool(there["PartitionKeys"])
        config = TableConfig(DATABASE, table.name, "none", partition_by="at" if days else None)
        place = f"s3://{self._aws.bucket}/{DATABASE}/{table.name}"
        lake = LakeTable(self._spark, config, place)
        started, written = time.monotonic(), 0
        for back in range(self._days if table.history else 1, 0, -1):
            rows = self._rows(table, there, back, days=days)
            lake.write(rows, table.keys, TableState("none", next_offset=back), maintain=False)
            written += table.per_poll * (POLLS if table.history else 1)
        self._register(there, place, days=days)
        print(f"{table.name}: {written:,} rows in {time.monotonic() - started:.0f} s")

    def _rows(self, table: _Table, there: Mapping[str, Any], back: int, *, days: bool) -> DataFrame:
        polls = POLLS if table.history else 1
        start = self._now - timedelta(days=back) if table.history else self._now
        numbers = self._spark.range(polls * table.per_poll).selectExpr(
            f"int(id div {table.per_poll}) as n",
            f"int(id % {table.per_poll}) as p",
            f"timestamp '{start}' + make_interval(0, 0, 0, 0, 0, 0, {POLL_S} * (id div"
            f" {table.per_poll})) as at",
        )
        if table.name == "metrics":
            numbers = numbers.join(self._spark.table("measured"), "p")
        columns = [
            f"cast({table.columns.get(name, 'null')} as {kind}) as {stored_name(name, kind)}"
            for name, kind in (_pair(c) for c in there["StorageDescriptor"]["Columns"])
            if name not in HUDI_COLUMNS
        ]
        day = [f"date_format(at, 'yyyy-MM-dd') as {DAY}"] if days else []
        return numbers.selectExpr(*columns, *day, "false as _hoodie_is_deleted")

    def _register(self, there: Mapping[str, Any], place: str, *, days: bool) -> None:
        kept = ("Name", "TableType", "PartitionKeys", "Parameters", "StorageDescriptor")
        entry = {name: there[name] for name in kept}
        entry["StorageDescriptor"] = {**there["StorageDescriptor"], "Location": place}
        self._glue.create_table(DatabaseName=DATABASE, TableInput=entry)
        for back in range(self._days + 1) if days else ():
            day = f"{(self._now - timedelta(days=back)).date()}"
            self._glue.create_partition(
                DatabaseName=DATABASE,
                TableName=entry["Name"],
                PartitionInput=partition_input(entry, day),
            )


def _pair(column: Mapping[str, str]) -> tuple[str, str]:
    return column["Name"], column["Type"]


def _spark(aws: Aws) -> SparkSession:
    spark = session()
    hadoop = spark.sparkContext._jsc.hadoopConfiguration()  # type: ignore[attr-defined] # noqa: SLF001
    for name, value in {
        "fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "fs.s3a.endpoint": aws.s3_endpoint or "",
        "fs.s3a.endpoint.region": aws.region,
        "fs.s3a.access.key": aws.access_key_id,
        "fs.s3a.secret.key": aws.secret_access_key.get_secret_value(),
        "fs.s3a.path.style.access": "true",
        "fs.s3a.connection.ssl.enabled": "false",
    }.items():
        hadoop.set(name, value)
    return spark
