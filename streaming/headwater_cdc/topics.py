"""What Kafka knows of a topic: whether it is the one we read before, and still has our offset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater_cdc.errors import TopicLostError, TransientError
from headwater_cdc.jvm import JavaObject, java, properties
from headwater_cdc.kafka import partition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import SparkSession

    from headwater_cdc.state import TableState

_TIMEOUT_MS = "10000"


@dataclass(frozen=True)
class Topic:
    """A topic of one partition as the broker describes it."""

    name: str
    id: str
    partitions: int
    earliest: int
    end: int


class Topics:
    """Asks the broker; one short-lived client a question, for questions are rare."""

    def __init__(self, spark: SparkSession, kafka: Mapping[str, str]) -> None:
        self._spark = spark
        self._kafka = {
            **kafka,
            "request.timeout.ms": _TIMEOUT_MS,
            "default.api.timeout.ms": _TIMEOUT_MS,
        }

    def describe(self, name: str) -> Topic | None:
        """The topic, None if there is none."""
        client = java(self._spark, "org.apache.kafka.clients.admin.AdminClient")
        offsets = java(self._spark, "org.apache.kafka.clients.admin.OffsetSpec")
        admin = client.create(properties(self._spark, self._kafka))
        try:
            if not admin.listTopics().names().get().contains(name):
                return None
            wanted = java(self._spark, "java.util.Collections").singletonList(name)
            described = admin.describeTopics(wanted).allTopicNames().get().get(name)
            return Topic(
                name=name,
                id=str(described.topicId().toString()),
                partitions=int(described.partitions().size()),
                earliest=self._offset(admin, name, offsets.earliest()),
                end=self._offset(admin, name, offsets.latest()),
            )
        except Exception as error:  # py4j wraps whatever Kafka throws
            raise TransientError(f"Kafka does not tell about topic {name}: {error}") from error
        finally:
            admin.close()

    def _offset(self, admin: JavaObject, name: str, spec: JavaObject) -> int:
        only = partition(self._spark, name)
        wanted = java(self._spark, "java.util.Collections").singletonMap(only, spec)
        return int(admin.listOffsets(wanted).all().get().get(only).offset())


def refuse_gone(name: str) -> None:
    """Raise: the topic from which a table was filled is not there any more."""
    raise TopicLostError(
        f"topic {name} is gone",
        remedy=f"`headwater snapshot` of the table of {name} reads it anew, into a new topic",
    )


def refuse_lost(topic: Topic, state: TableState) -> None:
    """Raise if reading on from the state would lose or repeat messages."""
    remedy = f"`headwater snapshot` of the table of {topic.name} reads it anew"
    if topic.partitions != 1:
        raise TopicLostError(
            f"topic {topic.name} has {topic.partitions} partitions; order needs exactly one",
            remedy="recreate the topic with one partition, then " + remedy,
        )
    if not state.next_offset:
        return
    if state.topic_id and topic.id != state.topic_id:
        raise TopicLostError(
            f"topic {topic.name} was recreated: its id is {topic.id}, the table was filled from "
            f"{state.topic_id}",
            remedy=remedy,
        )
    if state.next_offset < topic.earliest:
        raise TopicLostError(
            f"topic {topic.name} begins at offset {topic.earliest}, the table stands at "
            f"{state.next_offset}: Kafka's retention overtook it",
            remedy=remedy,
        )
    if state.next_offset > topic.end:
        raise TopicLostError(
            f"topic {topic.name} ends at offset {topic.end}, the table stands at "
            f"{state.next_offset}: the topic lost messages",
            remedy=remedy,
        )
