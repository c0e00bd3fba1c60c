"""One job at a time: the membership in a consumer group whose only partition one member can have.

Kafka's coordinator decides who has it, and gives it to another only when the first has left or has
been silent for `SESSION_MS`. The assignor is the sticky one: who has the partition keeps it when
others come. Nothing is consumed.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from typing import TYPE_CHECKING, Final

from headwater_cdc.errors import LeaseHeldError, TransientError
from headwater_cdc.jvm import JavaObject, iterate, java, properties
from headwater_cdc.kafka import consumer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import SparkSession

log = logging.getLogger(__name__)
GROUP: Final = "headwater-job"
SESSION_MS: Final = 10_000  # how long a job that was killed still counts as there
WAIT_S: Final = 20.0  # longer than that, and than a broker that restarts takes to give it back
POLL_S: Final = 1.0
_STICKY: Final = "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"


class Lease(threading.Thread):
    """Keeps the membership alive; `held` says whether the partition is ours."""

    def __init__(self, spark: SparkSession, kafka: Mapping[str, str], topic: str) -> None:
        super().__init__(name="lease", daemon=True)
        self.id = f"{GROUP}-{socket.gethostname()}-{os.getpid()}"
        self._spark = spark
        self._kafka = dict(kafka)
        self._topic = topic
        self._stopping = threading.Event()
        self._taken = threading.Event()
        self._held_at = time.monotonic()

    def acquire(self) -> None:
        """Return when the lease is ours; raises LeaseHeldError if another job has it."""
        self._held_at = time.monotonic()
        self.start()
        if not self._taken.wait(WAIT_S):
            others = self._others()
            self.stop()
            if not others:
                raise TransientError(f"Kafka gave nobody the lease of group {GROUP}")
            raise LeaseHeldError(
                f"another streaming job writes this lake: {', '.join(others)}",
                remedy="stop it first; killed, it counts as gone after "
                f"{SESSION_MS // 1000} s without a sign",
            )

    @property
    def is_lost(self) -> bool:
        """Whether it was ours and has not been for so long that another may have it."""
        return self._taken.is_set() and time.monotonic() - self._held_at > WAIT_S

    def stop(self) -> None:
        """Leave the group, so that another need not wait."""
        self._stopping.set()

    def run(self) -> None:
        """Poll until stopped: that is the sign of life."""
        member: JavaObject = None
        while not self._stopping.wait(POLL_S if member else 0):
            try:
                member = member or self._join()
                self._sign(member)
            except Exception as error:  # noqa: BLE001 - Kafka is away: it is tried again
                log.debug("lease: %s", error)
                self._stopping.wait(POLL_S)
        if member is not None:
            member.close()

    def _sign(self, member: JavaObject) -> None:
        member.poll(java(self._spark, "java.time.Duration").ofMillis(100))
        assigned = member.assignment()
        if assigned.isEmpty():
            return
        member.pause(assigned)
        self._held_at = time.monotonic()
        self._taken.set()

    def _join(self) -> JavaObject:
        settings = {
            **self._kafka,
            "group.id": GROUP,
            "client.id": self.id,
            "partition.assignment.strategy": _STICKY,
            "session.timeout.ms": str(SESSION_MS),
            "heartbeat.interval.ms": "3000",
            "enable.auto.commit": "false",
            "auto.offset.reset": "latest",
        }
        member = consumer(self._spark, settings, "ByteArray")
        member.subscribe(java(self._spark, "java.util.Collections").singletonList(self._topic))
        return member

    def _others(self) -> list[str]:
        """The group's other members, as they call themselves, with their addresses."""
        admin = java(self._spark, "org.apache.kafka.clients.admin.AdminClient").create(
            properties(self._spark, self._kafka)
        )
        try:
            wanted = java(self._spark, "java.util.Collections").singletonList(GROUP)
            found = admin.describeConsumerGroups(wanted).all().get().get(GROUP).members()
            members = [(str(m.clientId()), str(m.host())) for m in iterate(found.iterator())]
        except Exception as error:  # py4j wraps whatever Kafka throws
            raise TransientError(f"Kafka does not tell about group {GROUP}: {error}") from error
        finally:
            admin.close()
        return [f"{name} at {host.lstrip('/')}" for name, host in members if name != self.id]
