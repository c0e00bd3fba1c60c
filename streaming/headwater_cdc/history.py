"""Follows Debezium's schema history for changes that no row shows, and pauses their tables.

What it has seen stands in `<control>/history.json`. A table stays paused, also after a restart,
until it begins anew, is let go, or its status file is removed.
"""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from headwater_cdc.ddl import Unseen, concerned, unseen
from headwater_cdc.errors import UnseenChangeError
from headwater_cdc.jvm import JavaObject, iterate, java
from headwater_cdc.kafka import CONSUMER, consumer, partition

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyspark.sql import SparkSession

    from headwater_cdc.config import JobConfig, TableConfig
    from headwater_cdc.storage import Storage

log = logging.getLogger(__name__)
FILE: Final = "history.json"  # in the control folder
LOOK_S: Final = 2.0


class History(threading.Thread):
    """One thread and one consumer for the job."""

    def __init__(self, spark: SparkSession, config: JobConfig, storage: Storage) -> None:
        super().__init__(name="history", daemon=True)
        self._spark = spark
        self._config = config
        self._storage = storage
        self._uri = f"{config.control}/{FILE}"
        self._tables: dict[str, TableConfig] | None = None
        self._offset: int | None = None  # None: begins at the topic's end
        self._unseen: dict[str, Unseen] = {}
        self._loaded = False
        self._lock = threading.Lock()
        self._consumer: JavaObject = None
        self._stopping = threading.Event()

    def only(self, tables: Iterable[TableConfig]) -> None:
        """These are the tables that there are; what is known of others is forgotten."""
        with self._lock:
            self._tables = {table.name: table for table in tables}
            self._prune()

    def tells(self, table: str) -> str:
        """Why the table may not go on; empty where it may."""
        found = self._unseen.get(table)
        return found.what if found is not None else ""

    def refuse_unseen(self, table: str) -> None:
        """Raise UnseenChangeError if the table may not go on."""
        with self._lock:
            self._load()
        found = self._unseen.get(table)
        if found is not None:
            raise UnseenChangeError(found.what, remedy=found.remedy, keeps_rows=found.keeps)

    def settled(self, table: str) -> None:
        """The table begins anew, or somebody knows better."""
        with self._lock:
            self._forget({table} & self._unseen.keys())

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()

    def run(self) -> None:
        """Follow until stopped; Kafka or S3 away is tried again."""
        while self._config.history_topic and not self._stopping.wait(LOOK_S):
            try:
                self._follow()
            except Exception as error:  # noqa: BLE001 - py4j wraps whatever is thrown
                log.info("the schema history cannot be followed: %s", str(error)[:300])
                self._close()
        self._close()

    def _follow(self) -> None:
        if self._tables is None:
            return
        if self._consumer is None:
            self._open()
        wait = java(self._spark, "java.time.Duration").ofMillis(100)
        records = [
            (int(record.offset()), bytes(record.value() or b""))
            for record in iterate(self._consumer.poll(wait).iterator())
        ]
        if not records:
            return
        with self._lock:
            for _, value in records:
                for found in statements(value):
                    self._take(found)
            self._offset = records[-1][0] + 1
            self._keep()

    def _take(self, found: Unseen) -> None:
        for name, told in concerned(found, self._tables or {}).items():
            log.error("%s: %s; remedy: %s", name, told.what, told.remedy)
            self._unseen[name] = told

    def _load(self) -> None:
        if self._loaded:
            return
        text = self._storage.read(self._uri)
        if text is not None:
            document = json.loads(text)
            self._offset = int(document["offset"])
            self._unseen = {name: Unseen(**told) for name, told in document["unseen"].items()}
        self._loaded = True
        self._prune()

    def _prune(self) -> None:
        """Forget what was let go; where that is not written down, it is done at the next start."""
        if self._tables is None:
            return
        try:
            self._forget(self._unseen.keys() - self._tables.keys())
        except Exception as error:  # noqa: BLE001 - py4j wraps whatever S3 throws
            log.info("%s is not up to date: %s", self._uri, str(error)[:300])

    def _forget(self, names: Iterable[str]) -> None:
        gone = list(names)
        for name in gone:
            del self._unseen[name]
        if gone:
            self._keep()

    def _keep(self) -> None:
        told = {name: asdict(found) for name, found in self._unseen.items()}
        document = {"offset": self._offset or 0, "unseen": told}
        self._storage.write(self._uri, json.dumps(document))

    def _open(self) -> None:
        """Open the topic where it was left; without a past at its end."""
        settings = {
            **self._config.kafka,
            "isolation.level": CONSUMER["kafka.isolation.level"],
            "enable.auto.commit": "false",
            "auto.offset.reset": "earliest",
        }
        opened = consumer(self._spark, settings, "ByteArray")
        only = partition(self._spark, self._config.history_topic)
        wanted = java(self._spark, "java.util.Collections").singletonList(only)
        opened.assign(wanted)
        end = int(opened.endOffsets(wanted).get(only))
        with self._lock:
            self._load()
            if self._offset is None or self._offset > end:
                self._offset = end
                self._keep()
            opened.seek(only, self._offset)
        self._consumer = opened

    def _close(self) -> None:
        if self._consumer is not None:
            self._consumer.close()
            self._consumer = None


def statements(record: bytes) -> list[Unseen]:
    """What a record of the history tells; nothing where Debezium only reads what there is."""
    told: dict[str, Any] = json.loads(record) if record else {}
    if (told.get("position") or {}).get("snapshot"):
        return []
    return unseen(told.get("ddl") or "", told.get("databaseName") or "")
