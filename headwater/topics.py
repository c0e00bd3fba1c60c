"""What a table's topic holds that the lake has not applied yet (read with kafka-python)."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from headwater.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType

    from headwater.connections import Kafka


SCHEMAS_TOPIC = "_headwater.schemas"  # see docs/contracts.md, "Names"
HISTORY_TOPIC = "_headwater.history"
NOTIFICATIONS_TOPIC = "_headwater.notifications"


def topic_of(name: str) -> str:
    """The topic of a table: Debezium makes `_` of what Kafka does not allow in a name."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)


def heartbeat_topic(prefix: str) -> str:
    """The topic of the heartbeat table."""
    return f"{prefix}.headwater.heartbeat"


@dataclass(frozen=True)
class Backlog:
    """Messages of one topic from an offset on.

    `pending` is an upper bound (offsets of transaction markers count), but 0 means exactly none.
    `oldest_ms` is the producer's time of the first pending message (milliseconds since 1970).
    """

    end_offset: int
    pending: int
    oldest_ms: int | None = None


class Topics:
    """Reads committed messages of one-partition topics; used as a context manager."""

    def __init__(self, kafka: Kafka, clock: Callable[[], float] = time.monotonic) -> None:
        from kafka import KafkaConsumer  # noqa: PLC0415 - only where Kafka is asked
        from kafka.errors import KafkaError  # noqa: PLC0415

        self._clock = clock
        try:
            self._consumer: Any = KafkaConsumer(
                **kafka.as_python(),
                isolation_level="read_committed",
                enable_auto_commit=False,
                bootstrap_timeout_ms=5000,
                consumer_timeout_ms=1000,
            )
        except KafkaError as error:
            raise ServiceError(
                f"Kafka at {kafka.bootstrap_servers} does not answer: {error}",
                remedy="`headwater status` shows whether it runs; `headwater logs kafka` says why",
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._consumer.close()

    def names(self) -> set[str]:
        """Every topic of the cluster."""
        return set(self._consumer.topics())

    def end_offset(self, topic: str) -> int:
        """The offset after the last committed message or marker."""
        partition = self._partition(topic)
        return int(self._consumer.end_offsets([partition])[partition])

    def backlogs(self, offsets: Mapping[str, int], timeout: float = 5.0) -> dict[str, Backlog]:
        """The backlog of each existing topic from the given offset on."""
        existing = self.names()
        return {
            topic: self._backlog(topic, offset, timeout)
            for topic, offset in offsets.items()
            if topic in existing
        }

    def messages(self, topic: str, start: int, timeout: float = 5.0) -> Iterator[Any]:
        """Committed messages from `start` to the end as of now (kafka-python's records)."""
        partition = self._partition(topic)
        self._consumer.assign([partition])
        end = self.end_offset(topic)
        first = int(self._consumer.beginning_offsets([partition])[partition])
        self._consumer.seek(partition, max(start, first))
        deadline = self._clock() + timeout
        while self._consumer.position(partition) < end:
            batch = self._consumer.poll(timeout_ms=200).get(partition, [])
            yield from batch
            if batch:
                deadline = self._clock() + timeout
            elif self._clock() > deadline:
                raise ServiceError(
                    f"topic {topic} gave nothing after offset "
                    f"{self._consumer.position(partition)} of {end} in {timeout:.0f} s",
                    remedy="look at `headwater logs kafka`",
                )

    def newest_ms(self, topic: str, look_back: int = 20) -> int | None:
        """The producer's time of the last committed message, None where there is none."""
        if topic not in self.names():
            return None
        start = self.end_offset(topic) - look_back
        times = [message.timestamp for message in self.messages(topic, start)]
        return max(times, default=None)

    def _backlog(self, topic: str, offset: int, timeout: float) -> Backlog:
        end = self.end_offset(topic)
        if offset >= end:
            return Backlog(end, 0)
        for message in self.messages(topic, offset, timeout):
            return Backlog(end, end - message.offset, message.timestamp)
        return Backlog(end, 0)

    def _partition(self, topic: str) -> Any:  # noqa: ANN401 - a kafka-python TopicPartition
        from kafka import TopicPartition  # noqa: PLC0415

        return TopicPartition(topic, 0)
