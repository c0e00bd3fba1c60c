"""Follows the heartbeat's topic, and stops every table when the beats contradict each other.

What it has seen stands in `<control>/beats.json`. While that says `broken`, no table goes on, also
after a restart. Removing the file (`headwater snapshot --all` does) forgets the past; a new one is
written as soon as that is seen.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Final

from headwater_cdc import envelope
from headwater_cdc.continuity import FILE, Beat, Continuity
from headwater_cdc.errors import ServerLostError
from headwater_cdc.jvm import JavaObject, iterate, java
from headwater_cdc.kafka import CONSUMER, consumer, partition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import SparkSession

    from headwater_cdc.schemas import Schemas
    from headwater_cdc.storage import Storage

log = logging.getLogger(__name__)
LOOK_S: Final = 1.0
CHECK_S: Final = 5.0
KEEP_S: Final = 60.0  # how often the place is written down: the beats since then are read again
REMEDY: Final = "`headwater snapshot --all` begins anew at the server's present end"


class Beats(threading.Thread):
    """One thread and one consumer for the job."""

    def __init__(
        self,
        spark: SparkSession,
        kafka: Mapping[str, str],
        topic: str,
        schemas: Schemas,
        place: tuple[Storage, str],
    ) -> None:
        super().__init__(name="beats", daemon=True)
        self._spark = spark
        self._kafka = dict(kafka)
        self._topic = topic
        self._schemas = schemas
        self._storage, folder = place
        self._uri = f"{folder}/{FILE}"
        self._seen: Continuity | None = None
        self._is_kept = False
        self._kept_at = 0.0
        self._checked_at = 0.0
        self._consumer: JavaObject = None
        self._readers: dict[str, JavaObject] = {}
        self._stopping = threading.Event()

    @property
    def broken(self) -> bool:
        """Whether no table may go on."""
        return self._seen is not None and bool(self._seen.broken)

    def refuse_broken(self) -> None:
        """Raise ServerLostError if no table may go on."""
        if self._seen is not None and self._seen.broken:
            raise ServerLostError(self._seen.broken, remedy=REMEDY)

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()

    def run(self) -> None:
        """Follow until stopped; Kafka or S3 away is tried again."""
        while self._topic and not self._stopping.wait(LOOK_S):
            try:
                self._look()
            except Exception as error:  # noqa: BLE001 - py4j wraps whatever is thrown
                log.info("heartbeats cannot be followed: %s", str(error)[:300])
                self._close()
        self._close()

    def _look(self) -> None:
        if self._seen is None:
            text = self._storage.read(self._uri)
            self._is_kept = text is not None
            self._seen = Continuity.from_json(text)
        elif self._is_removed():
            log.info("heartbeats: begun anew")
            self._seen, self._is_kept = Continuity(), False
            self._close()
        if not self._seen.broken:
            self._follow(self._seen)

    def _is_removed(self) -> bool:
        """Whether somebody took the file away, which forgets the past."""
        now = time.monotonic()
        if not self._is_kept or now - self._checked_at < CHECK_S:
            return False
        self._checked_at = now
        return not self._storage.exists(self._uri)

    def _follow(self, seen: Continuity) -> None:
        skipped = self._consumer is None and self._open(seen)
        wait = java(self._spark, "java.time.Duration").ofMillis(100)
        for record in iterate(self._consumer.poll(wait).iterator()):
            beat = self._beat(bytes(record.value() or b""))
            if beat is not None:
                seen.take(beat, skipped=skipped)
                skipped = False
            seen.offset = int(record.offset()) + 1
        self._keep(seen)

    def _keep(self, seen: Continuity) -> None:
        now = time.monotonic()
        if not seen.broken and self._is_kept and now - self._kept_at < KEEP_S:
            return
        self._storage.write(self._uri, seen.to_json())
        self._is_kept, self._kept_at = True, now
        if seen.broken:
            log.error("every table stops: %s; remedy: %s", seen.broken, REMEDY)

    def _open(self, seen: Continuity) -> bool:
        """Open the topic where it was left; whether Kafka has dropped what came next."""
        isolation = "isolation.level"
        settings = {
            **self._kafka,
            isolation: CONSUMER[f"kafka.{isolation}"],
            "auto.offset.reset": "earliest",
            "enable.auto.commit": "false",
        }
        opened = consumer(self._spark, settings, "ByteArray")
        only = partition(self._spark, self._topic)
        wanted = java(self._spark, "java.util.Collections").singletonList(only)
        opened.assign(wanted)
        first = int(opened.beginningOffsets(wanted).get(only))
        end = int(opened.endOffsets(wanted).get(only))
        there = first <= seen.offset <= end
        # Without a past it begins at the end: what is older was read by whoever came before.
        opened.seek(only, (seen.offset if there else first) if seen.counter else end)
        self._consumer = opened
        return not there

    def _beat(self, message: bytes) -> Beat | None:
        """What a message says; None for one that is no beat."""
        fingerprint = envelope.fingerprint_of(message)
        if fingerprint is None:
            return None
        record = self._read(fingerprint, message)
        row = record.get("after")
        if row is None:
            return None
        # BIGINT UNSIGNED travels as a decimal: its digits as a big-endian number.
        counter = int.from_bytes(bytes(row.get("counter").array()), signed=True)
        told = record.get("source").get("gtid")
        gtid = envelope.parse_gtid(None if told is None else str(told.toString()))
        return Beat(counter) if gtid is None else Beat(counter, gtid.server, gtid.number)

    def _read(self, fingerprint: str, message: bytes) -> JavaObject:
        if fingerprint not in self._readers:
            parser = java(self._spark, "org.apache.avro.Schema").Parser()
            schema = parser.parse(self._schemas.get(fingerprint))
            reader = java(self._spark, "org.apache.avro.generic.GenericDatumReader")
            self._readers[fingerprint] = reader(schema)
        body = bytearray(message[envelope.HEADER_LENGTH :])
        factory = java(self._spark, "org.apache.avro.io.DecoderFactory")
        decoder = factory.get().binaryDecoder(body, None)
        return self._readers[fingerprint].read(None, decoder)

    def _close(self) -> None:
        if self._consumer is not None:
            self._consumer.close()
            self._consumer = None
