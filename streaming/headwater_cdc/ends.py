"""Wakes the tables whose topic has moved: one question for all that sleep, ten times a second.

A streaming query asks for its topic's end by itself, which at that pace costs a tenth of a core for
each table. A table without changes ends its query and sleeps here.
"""

from __future__ import annotations

import logging
import re
import threading
from typing import TYPE_CHECKING, Final

from headwater_cdc.jvm import JavaObject, java
from headwater_cdc.kafka import CONSUMER, consumer, partition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import SparkSession

log = logging.getLogger(__name__)
EVERY_S: Final = 0.1
TIMEOUT_MS: Final = "10000"
_END: Final = re.compile(r"([^\s{,=]+)-0=(\d+)")


def parse(text: str) -> dict[str, int]:
    """`{one.topic-0=5, other-0=7}`, a Java map as it prints itself: one call for any number."""
    return {topic: int(end) for topic, end in _END.findall(text)}


class Ends(threading.Thread):
    """One thread and one consumer for all tables."""

    def __init__(self, spark: SparkSession, kafka: Mapping[str, str]) -> None:
        super().__init__(name="ends", daemon=True)
        self._spark = spark
        self._kafka = dict(kafka)
        self._asleep: dict[str, tuple[int, threading.Event]] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._consumer: JavaObject = None
        self._topics: list[str] = []
        self._partitions: JavaObject = None

    def sleep(self, topic: str, end: int) -> threading.Event:
        """The event is set when the topic's end is no longer this, or when that is not known."""
        moved = threading.Event()
        with self._lock:
            self._asleep[topic] = (end, moved)
        return moved

    def wake(self, topic: str) -> None:
        """The table no longer waits."""
        with self._lock:
            self._asleep.pop(topic, None)

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()

    def run(self) -> None:
        """Ask and wake, until stopped."""
        while not self._stopping.wait(EVERY_S):
            with self._lock:
                asleep = dict(self._asleep)
            if asleep:
                self._look(asleep)
        self._close()

    def _look(self, asleep: Mapping[str, tuple[int, threading.Event]]) -> None:
        try:
            ends = self._ends(sorted(asleep))
        except Exception as error:  # noqa: BLE001 - the tables find out for themselves what is wrong
            log.info("the ends of %d topics are not known: %s", len(asleep), str(error)[:300])
            ends = {}
            self._close()
        for topic, (end, moved) in asleep.items():
            if ends.get(topic) != end:
                moved.set()

    def _ends(self, topics: list[str]) -> dict[str, int]:
        if self._consumer is None:
            self._consumer = self._open()
        if topics != self._topics:
            self._partitions = java(self._spark, "java.util.ArrayList")()
            for topic in topics:
                self._partitions.add(partition(self._spark, topic))
            self._topics = topics
        return parse(str(self._consumer.endOffsets(self._partitions).toString()))

    def _open(self) -> JavaObject:
        isolation = "isolation.level"
        settings = {
            **self._kafka,
            "default.api.timeout.ms": TIMEOUT_MS,
            isolation: CONSUMER[f"kafka.{isolation}"],
        }
        return consumer(self._spark, settings, "ByteArray")

    def _close(self) -> None:
        if self._consumer is not None:
            self._consumer.close()
            self._consumer = None
