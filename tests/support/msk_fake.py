"""MSK as kafka-python's consumer shows it: topics of one partition, and who may sign in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kafka import TopicPartition
from kafka.errors import KafkaConnectionError


@dataclass(frozen=True)
class Message:
    """As kafka-python gives it."""

    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int


class FakeMsk:
    """Keeps topics; like MSK with IAM it lets nobody in who does not sign in so."""

    def __init__(self) -> None:
        self.kept: dict[str, list[Message]] = {}
        self.away = False

    def send(
        self, topic: str, value: bytes | None, key: bytes | None = None, at_ms: int = 0
    ) -> int:
        """Append a message; its offset."""
        messages = self.kept.setdefault(topic, [])
        messages.append(Message(len(messages), key, value, at_ms))
        return len(messages) - 1

    def consumer(self, **options: Any) -> FakeConsumer:
        """As the class KafkaConsumer is called."""
        told = options.get("security_protocol"), options.get("sasl_mechanism")
        brokers = "b-1:9098,b-2:9098,b-3:9098"
        if self.away or told != ("SASL_SSL", "AWS_MSK_IAM"):
            raise KafkaConnectionError
        if options["bootstrap_servers"] != brokers:
            raise KafkaConnectionError
        return FakeConsumer(self.kept)


class FakeConsumer:
    """One consumer, as far as headwater.topics uses it."""

    def __init__(self, kept: dict[str, list[Message]]) -> None:
        self._kept = kept
        self._places: dict[TopicPartition, int] = {}

    def topics(self) -> set[str]:
        return set(self._kept)

    def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return {p: len(self._kept.get(p.topic, ())) for p in partitions}

    def beginning_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, 0)

    def assign(self, partitions: list[TopicPartition]) -> None:
        self._places = dict.fromkeys(partitions, 0)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self._places[partition] = offset

    def position(self, partition: TopicPartition) -> int:
        return self._places[partition]

    def poll(self, timeout_ms: int) -> dict[TopicPartition, list[Message]]:
        del timeout_ms
        found = {p: self._kept[p.topic][at:] for p, at in self._places.items()}
        self._places = {p: at + len(found[p]) for p, at in self._places.items()}
        return found

    def close(self) -> None:
        pass
