"""Hudi's side: the settings that correctness and speed rest on, the timeline, the write.

Every setting here is the same locally and on AWS; endpoints and credentials are not here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from headwater_cdc import state as states
from headwater_cdc.jvm import JavaObject, hadoop_conf, iterate, java, java_context
from headwater_cdc.names import DAY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyspark.sql import DataFrame, SparkSession

    from headwater_cdc.config import TableConfig
    from headwater_cdc.state import TableState

TABLE_VERSION = "6"  # the newest that Athena reads
KEEP_COMMITS = 30  # at least; more than any run of compactions and cleans: state stays active
ARCHIVE_BEHIND = (1, 2)  # commits more than that: the least and the most in the timeline
COMPACT_AFTER = ("20", "600")  # delta commits and seconds: a large table takes minutes
_KEYGEN = "org.apache.hudi.keygen."

_SETTINGS = {
    "hoodie.write.table.version": TABLE_VERSION,
    "hoodie.write.auto.upgrade": "false",
    "hoodie.datasource.write.operation": "upsert",
    # Order is Kafka's and the batch is reduced: the newest commit wins, nothing is compared.
    "hoodie.write.record.merge.mode": "COMMIT_TIME_ORDERING",
    "hoodie.combine.before.upsert": "false",
    "hoodie.datasource.write.hive_style_partitioning": "true",
    "hoodie.datasource.write.commitmeta.key.prefix": "headwater.",
    "hoodie.index.type": "BUCKET",
    "hoodie.index.bucket.engine": "SIMPLE",
    "hoodie.parquet.outputtimestamptype": "TIMESTAMP_MICROS",
    "hoodie.parquet.compression.codec": "snappy",
    # The bucket index needs no bloom filters, which are 400 KB in the footer of each file.
    "hoodie.parquet.bloom.filter.enabled": "false",
    # One writer, one process: no timeline server, no metadata table, markers as plain files.
    "hoodie.embed.timeline.server": "false",
    # Nothing is bootstrapped, and nobody asks S3 three times a commit whether it is.
    "hoodie.bootstrap.index.enable": "false",
    "hoodie.metadata.enable": "false",
    "hoodie.write.markers.type": "DIRECT",
    "hoodie.upsert.shuffle.parallelism": "1",
    "hoodie.insert.shuffle.parallelism": "1",
    "hoodie.delete.shuffle.parallelism": "1",
    # A commit does nothing but commit: `maintain` is called beside it.
    "hoodie.clean.automatic": "false",
    "hoodie.archive.automatic": "false",
    "hoodie.compact.inline": "false",
    "hoodie.clean.policy": "KEEP_LATEST_COMMITS",
}


def options(table: TableConfig, keys: Sequence[str]) -> dict[str, str]:
    """The options of every write to a table."""
    made = {
        **_SETTINGS,
        "hoodie.table.name": table.table,
        "hoodie.datasource.write.table.type": table.type,
        "hoodie.datasource.write.recordkey.field": ",".join(keys),
        "hoodie.bucket.index.hash.field": ",".join(keys),
        "hoodie.bucket.index.num.buckets": str(table.buckets),
    }
    if table.partition_by is None:
        made["hoodie.datasource.write.keygenerator.class"] = _KEYGEN + "NonpartitionedKeyGenerator"
    else:
        simple = len(keys) == 1
        generator = "SimpleKeyGenerator" if simple else "ComplexKeyGenerator"
        made["hoodie.datasource.write.keygenerator.class"] = _KEYGEN + generator
        made["hoodie.datasource.write.partitionpath.field"] = DAY
    return made


def compaction(table: TableConfig, *, due: bool, columns_changed: bool) -> dict[str, str]:
    """Whether a commit looks for a compaction to be planned, and when one is.

    At once where columns changed: readers other than Hudi's own merge no log files of another
    type than the base file's (hudi-rs).
    """
    if table.type != "MERGE_ON_READ" or not (due or columns_changed):
        return {}
    commits, seconds = ("1", "0") if columns_changed else COMPACT_AFTER
    return {
        "hoodie.compact.schedule.inline": "true",
        "hoodie.compact.inline.trigger.strategy": "NUM_AND_TIME",
        "hoodie.compact.inline.max.delta.commits": commits,
        "hoodie.compact.inline.max.delta.seconds": seconds,
    }


def retention(recent: int) -> dict[str, str]:
    """How many commits stay, and how many of them in the timeline.

    `recent` is how many commits were made while the longest query may have run: so many stay.
    Hudi's own cleaning by time knows hours only, and what it keeps for an hour of a busy table
    makes a timeline of thousands of files, which every commit and every query lists.
    """
    kept = max(recent, KEEP_COMMITS)
    return {
        "hoodie.clean.commits.retained": str(kept),
        "hoodie.keep.min.commits": str(kept + ARCHIVE_BEHIND[0]),
        "hoodie.keep.max.commits": str(kept + ARCHIVE_BEHIND[1]),
    }


class LakeTable:
    """One Hudi table: its timeline, its state, its writes."""

    def __init__(self, spark: SparkSession, config: TableConfig, path: str) -> None:
        self.config = config
        self.path = path
        self._spark = spark
        self._meta: JavaObject = None

    def newest(self) -> tuple[str, TableState | None]:
        """The newest completed instant, and the newest state that a commit carries."""
        timeline = self._completed()
        instant = _last(timeline)
        return instant, _state_of(timeline) if instant else None

    def read_state(self) -> TableState | None:
        """The state in the newest commit that carries one; None for a table without."""
        return self.newest()[1]

    def write(
        self,
        rows: DataFrame,
        keys: Sequence[str],
        state: TableState,
        compaction: Mapping[str, str] | None = None,
    ) -> None:
        """One commit: these rows and this state, or neither; a compaction may be planned by it.

        Planned between two commits, as Hudi needs it; `maintain` carries it out.
        """
        (
            rows.write.format("hudi")
            .options(**options(self.config, keys))
            .options(**(compaction or {}))
            .option(states.KEY, state.to_json())
            .mode("append")
            .save(self.path)
        )

    def awaits_compaction(self) -> bool:
        """Whether one is planned that is not complete; nobody works on it when a job starts."""
        meta = self._meta_client() if self.config.type == "MERGE_ON_READ" else None
        if meta is None:
            return False
        return not meta.reloadActiveTimeline().filterPendingCompactionTimeline().empty()

    def maintain(self, keys: Sequence[str], query_s: int) -> None:
        """Compact what is planned, clean, archive; commits may go on meanwhile.

        What a crash cut off is finished. Not while the table's files are removed or moved.
        """
        settings = {**options(self.config, keys), **retention(self._recent(query_s))}
        client = java(self._spark, "org.apache.hudi.DataSourceUtils").createHoodieClient(
            java_context(self._spark), None, self.path, self.config.table, settings
        )
        try:
            client.runAnyPendingCompactions()
            client.clean()
            client.archive()
        finally:
            client.close()

    def rows(self, until: str | None = None) -> DataFrame:
        """The table's rows; with `until` only those last written at that instant or before."""
        frame = self._spark.read.format("hudi").load(self.path)
        return frame if until is None else frame.where(frame["_hoodie_commit_time"] <= until)

    def _recent(self, seconds: int) -> int:
        """How many commits were made within so many seconds before the newest."""
        timeline = self._completed()
        instant = _last(timeline)
        if not instant:
            return 0
        return int(timeline.findInstantsAfter(before(instant, seconds)).countInstants())

    def _completed(self) -> JavaObject:
        meta = self._meta_client()
        if meta is None:
            return None
        return meta.reloadActiveTimeline().getCommitsTimeline().filterCompletedInstants()

    def _meta_client(self) -> JavaObject:
        if self._meta is None:
            spark, conf = self._spark, hadoop_conf(self._spark)
            path = java(spark, "org.apache.hadoop.fs.Path")(
                self.path + "/.hoodie/hoodie.properties"
            )
            if not path.getFileSystem(conf).exists(path):
                return None
            storage = java(spark, "org.apache.hudi.hadoop.fs.HadoopFSUtils").getStorageConf(conf)
            builder = java(spark, "org.apache.hudi.common.table.HoodieTableMetaClient").builder()
            self._meta = builder.setConf(storage).setBasePath(self.path).build()
        return self._meta


def _last(timeline: JavaObject) -> str:
    """The newest instant; empty where there is none."""
    last = None if timeline is None else timeline.lastInstant()
    return str(last.get().requestedTime()) if last is not None and last.isPresent() else ""


def before(instant: str, seconds: int) -> str:
    """The instant some seconds earlier; instants are `yyyyMMddHHmmssSSS`."""
    moment = datetime.strptime(instant[:14], "%Y%m%d%H%M%S")  # noqa: DTZ007 - compared, not shown
    return (moment - timedelta(seconds=seconds)).strftime("%Y%m%d%H%M%S") + instant[14:]


def _state_of(timeline: JavaObject) -> TableState | None:
    """Compactions and cleans carry no state, so the newest instant may not be the one."""
    for instant in iterate(timeline.getReverseOrderedInstants().iterator()):
        text = timeline.readCommitMetadata(instant).getMetadata(states.KEY)
        if text:
            return states.TableState.from_json(str(text))
    return None
