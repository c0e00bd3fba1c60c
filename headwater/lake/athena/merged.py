"""The newest state of MERGE_ON_READ tables, for an engine that reads base files only.

Athena merges the log files of `<table>_rt`; Trino reads what the last compaction left, and says
nothing. So Trino is shown such an entry as a table of plain Parquet files: a copy of the newest
state that hudi-rs made when the entry was asked for. A copy is made once per commit.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from headwater.lake import files
from headwater_cdc.hudi import READER_S
from headwater_cdc.names import DELETED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hudi import HudiTable
    from pyarrow import RecordBatch

    from headwater.connections import Aws
    from headwater.lake.athena.protocol import Json

PREFIX = f"{files.CONTROL}/merged"
_PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {
        "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    },
}


def open_table(aws: Aws, uri: str) -> HudiTable:
    """A Hudi table for hudi-rs, which takes none of the names that the AWS clients know."""
    from hudi import HudiTableBuilder  # noqa: PLC0415 - heavy, and only for MERGE_ON_READ

    options = {
        "aws_endpoint": aws.s3_endpoint or "",
        "aws_region": aws.region,
        "aws_access_key_id": aws.access_key_id,
        "aws_secret_access_key": aws.secret_access_key.get_secret_value(),
        "aws_allow_http": "true",
        "aws_virtual_hosted_style_request": "false",
    }
    return HudiTableBuilder.from_base_uri(uri).with_storage_options(options).build()


@dataclass
class _Copy:
    """What is known of a table's copies; the lock is held while one is made."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    prefix: str = ""
    former: dict[str, float] = field(default_factory=dict)


class Merged:
    """Makes the copies, and removes those that no query can be reading any more."""

    def __init__(self, aws: Aws, folder: Path, now: Callable[[], float] = time.monotonic) -> None:
        self._aws = aws
        self._folder = folder
        self._now = now
        self._copies: dict[str, _Copy] = {}

    def entry(self, entry: Json) -> Json:
        """A realtime entry of Glue as a table of plain Parquet files, which hold its days too."""
        described = entry["StorageDescriptor"]
        columns = [*described["Columns"], *entry.get("PartitionKeys", ())]
        location = f"s3://{self._aws.bucket}/{self._current(described['Location'])}"
        return {
            **entry,
            "PartitionKeys": [],
            "StorageDescriptor": {
                **described, **_PARQUET, "Columns": columns, "Location": location,
            },
        }  # fmt: skip

    def _current(self, uri: str) -> str:
        """The key prefix of the copy of a table's newest commit."""
        copy = self._copies.setdefault(uri, _Copy())
        place = uri.partition("://")[2].partition("/")[2]
        with copy.lock:
            table = open_table(self._aws, uri)
            newest = table.get_timeline().get_latest_commit_timestamp()
            prefix = f"{PREFIX}/{place}/{newest}/"
            if prefix != copy.prefix:
                if copy.prefix:
                    copy.former[copy.prefix] = self._now()
                else:  # what an endpoint has left that ran before
                    files.remove_all(self._aws, f"{PREFIX}/{place}/")
                self._write(table, prefix)
                copy.prefix = prefix
            for former, since in list(copy.former.items()):
                if self._now() - since > READER_S:
                    files.remove_all(self._aws, former)
                    del copy.former[former]
            return prefix

    def _write(self, table: HudiTable, prefix: str) -> None:
        from hudi import HudiReadOptions  # noqa: PLC0415 - heavy
        from pyarrow.parquet import ParquetWriter  # noqa: PLC0415 - heavy

        self._folder.mkdir(parents=True, exist_ok=True)
        spool = self._folder / f"{threading.get_ident()}.parquet"
        batches = table.read_stream(HudiReadOptions())
        for number, alike in enumerate(_runs(batches)):
            first = next(alike)
            with ParquetWriter(spool, first.schema, compression="snappy") as writer:
                writer.write_batch(first)
                for batch in alike:
                    writer.write_batch(batch)
            s3 = files.client(self._aws, "s3")
            s3.upload_file(str(spool), self._aws.bucket, f"{prefix}{number}.parquet")
            spool.unlink()


def _runs(batches: Iterator[RecordBatch]) -> Iterator[Iterator[RecordBatch]]:
    """Batches of one schema after another: files of before a change of columns have the former."""
    for _, alike in groupby(map(_without_mark, batches), key=lambda batch: batch.schema):
        yield alike


def _without_mark(batch: RecordBatch) -> RecordBatch:
    return batch.drop_columns([DELETED]) if DELETED in batch.schema.names else batch
