"""The schemas topic: fingerprint → Avro schema, read by a plain consumer on the driver."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from headwater_cdc.errors import TransientError, UnknownSchemaError
from headwater_cdc.jvm import JavaObject, iterate, java
from headwater_cdc.kafka import consumer, partition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import SparkSession

log = logging.getLogger(__name__)
_POLL_MS = 200


class Schemas:
    """All schemas seen so far; unknown ones are looked for in the topic's newer part."""

    def __init__(self, spark: SparkSession, kafka: Mapping[str, str], topic: str) -> None:
        self._spark = spark
        self._topic = topic
        self._kafka = dict(kafka)
        self._known: dict[str, str] = {}
        self._lock = threading.Lock()
        self._consumer: JavaObject = None

    def get(self, fingerprint: str) -> str:
        """The schema as JSON.

        A schema stands in its topic before the first message that uses it, so one that is not there
        when the topic is read to its end is unknown: UnknownSchemaError.
        """
        with self._lock:
            if fingerprint not in self._known:
                self._read_to_end()
            if fingerprint not in self._known:
                raise UnknownSchemaError(
                    f"schema {fingerprint} is not in topic {self._topic}",
                    remedy="restart the connector, which writes its schemas again",
                )
            return self._known[fingerprint]

    def close(self) -> None:
        """Let go of the consumer."""
        with self._lock:
            if self._consumer is not None:
                self._consumer.close()
                self._consumer = None

    def _read_to_end(self) -> None:
        """Take in what stands in the topic behind the last position."""
        try:
            if self._consumer is None:
                self._consumer = self._open()
            wait = java(self._spark, "java.time.Duration").ofMillis(_POLL_MS)
            assigned = self._consumer.assignment()
            ends = self._consumer.endOffsets(assigned)
            (only,) = iterate(assigned.iterator())
            while self._consumer.position(only) < ends.get(only):
                self._take(self._consumer.poll(wait))
        except Exception as error:  # py4j wraps whatever Kafka throws
            self._consumer = None
            raise TransientError(f"topic {self._topic} cannot be read: {error}") from error

    def _take(self, records: JavaObject) -> None:
        for record in iterate(records.iterator()):
            if record.value() is not None:
                self._known[str(record.key())] = str(record.value())

    def _open(self) -> JavaObject:
        settings = {
            **self._kafka,
            "enable.auto.commit": "false",
            "auto.offset.reset": "earliest",
        }
        opened = consumer(self._spark, settings, "String")
        only = partition(self._spark, self._topic)
        partitions = java(self._spark, "java.util.Collections").singletonList(only)
        opened.assign(partitions)
        opened.seekToBeginning(partitions)
        return opened
