"""The newest state of MERGE_ON_READ tables, for an engine that reads base files only.

Athena merges the log files of `<table>_rt`; Trino reads what the last compaction left, and says
nothing. So Trino is shown such an entry as a table of plain Parquet files: a copy of the newest
state that hudi-rs made when the entry was asked for. A copy is made once per commit.

Between the plan of a compaction and its end hudi-rs does not find the log files that were written
since (they name a base file that is not there yet), so that end is waited for.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from headwater.errors import TargetError
from headwater.lake import files
from headwater_cdc.names import DELETED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from hudi import HudiTable
    from pyarrow import RecordBatch

    from headwater.connections import Aws
    from headwater.lake.athena.protocol import Json

PREFIX = f"{files.CONTROL}/merged"
COMPACTION_S = 120.0
LOOK_S = 0.2
_PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {
        "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    },
}


def planned(timeline: Iterable[str]) -> set[str]:
    """The instants of compactions that are planned and not complete, from the timeline's files."""
    instants = [name.rpartition("/")[2].partition(".") for name in timeline]
    complete = {instant for instant, _, what in instants if what == "commit"}
    return {at for at, _, what in instants if what == "compaction.requested"} - complete


def open_table(aws: Aws, uri: str) -> HudiTable:
    """A Hudi table for hudi-rs, when no compaction is under way.

    Raises TargetError if one stays so.
    """
    from hudi import HudiTableBuilder  # noqa: PLC0415 - heavy, and only for MERGE_ON_READ

    _await_compactions(aws, uri)
    # hudi-rs takes none of the names that the AWS clients know
    options = {
        "aws_endpoint": aws.s3_endpoint or "",
        "aws_region": aws.region,
        "aws_access_key_id": aws.access_key_id,
        "aws_secret_access_key": aws.secret_access_key.get_secret_value(),
        "aws_allow_http": "true",
        "aws_virtual_hosted_style_request": "false",
    }
    return HudiTableBuilder.from_base_uri(uri).with_storage_options(options).build()


def _await_compactions(aws: Aws, uri: str) -> None:
    deadline = time.monotonic() + COMPACTION_S
    while pending := _compactions(aws, uri):
        if time.monotonic() > deadline:
            raise TargetError(
                f"the compaction of {uri} planned at {min(pending)} is not complete",
                remedy="the streaming job completes it: `headwater status`, `headwater logs job`",
            )
        time.sleep(LOOK_S)


def _compactions(aws: Aws, uri: str) -> set[str]:
    return planned(files.keys(aws, f"{_key(uri)}/.hoodie/2"))  # instants begin with the year


def _key(uri: str) -> str:
    return uri.partition("://")[2].partition("/")[2]


def _prefix(table: HudiTable, place: str) -> str:
    return f"{PREFIX}/{place}/{table.get_timeline().get_latest_commit_timestamp()}/"


@dataclass
class _Copy:
    """What is known of a table's copies; the lock is held while one is made."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    prefix: str = ""
    former: dict[str, float] = field(default_factory=dict)


class Merged:
    """Makes the copies, and removes those that no query can be reading any more."""

    def __init__(
        self, aws: Aws, folder: Path, kept_s: int, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._aws = aws
        self._folder = folder
        self._kept_s = kept_s
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
        place = _key(uri)
        with copy.lock:
            table = open_table(self._aws, uri)
            if _prefix(table, place) != copy.prefix:
                if copy.prefix:
                    copy.former[copy.prefix] = self._now()
                else:  # what an endpoint has left that ran before
                    files.remove_all(self._aws, f"{PREFIX}/{place}/")
                copy.prefix = self._made(table, uri, place)
            for former, since in list(copy.former.items()):
                if self._now() - since > self._kept_s:
                    files.remove_all(self._aws, former)
                    del copy.former[former]
            return copy.prefix

    def _made(self, table: HudiTable, uri: str, place: str) -> str:
        """The key prefix of a new copy."""
        while True:
            prefix = _prefix(table, place)
            self._write(table, prefix)
            if not _compactions(self._aws, uri):
                return prefix
            files.remove_all(self._aws, prefix)  # planned meanwhile: it may lack rows
            table = open_table(self._aws, uri)

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
