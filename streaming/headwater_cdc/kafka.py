"""A table's messages as Spark reads them, and the driver's own plain consumers."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final

from headwater_cdc.jvm import JavaObject, java, properties

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import DataFrame, SparkSession

EARLIEST: Final = -2  # Spark's word for it
BATCH_OFFSETS: Final = 100_000
CONSUMER: Final = {
    "kafka.isolation.level": "read_committed",
    # A batch ends with a transaction's marker, which is no record: the consumer would wait for
    # one more until this is over (500 ms if not said otherwise). Nothing polls between batches.
    "kafka.fetch.max.wait.ms": "20",
}


def batch_offsets() -> int:
    """How many offsets a micro-batch has at most."""
    return int(os.environ.get("HEADWATER_BATCH_OFFSETS", BATCH_OFFSETS))


class Messages:
    """Those of one topic of one partition: as a stream, or a part of it at once."""

    def __init__(self, spark: SparkSession, name: str, kafka: Mapping[str, str]) -> None:
        self._spark = spark
        self._name = name
        self._kafka = {f"kafka.{key}": value for key, value in kafka.items()}

    def stream(self, first: int) -> DataFrame:
        """Everything from an offset on, as it comes."""
        reader = self._spark.readStream.format("kafka").options(**self._options(first))
        reader = reader.option("maxOffsetsPerTrigger", batch_offsets())
        return reader.option("failOnDataLoss", "true").load()

    def part(self, first: int, end: int) -> DataFrame:
        """The messages from an offset up to another, which is left out."""
        reader = self._spark.read.format("kafka").options(**self._options(first))
        return reader.option("endingOffsets", self._at(end)).load()

    def _options(self, first: int) -> dict[str, str]:
        return {
            "assign": json.dumps({self._name: [0]}),
            "startingOffsets": self._at(first or EARLIEST),
            **self._kafka,
            **CONSUMER,
        }

    def _at(self, offset: int) -> str:
        return json.dumps({self._name: {"0": offset}})


def consumer(spark: SparkSession, settings: Mapping[str, str], values: str) -> JavaObject:
    """A consumer on the driver; `values` is what its keys and values are: `String`, `ByteArray`."""
    deserializer = f"org.apache.kafka.common.serialization.{values}Deserializer"
    deserializers = {f"{part}.deserializer": deserializer for part in ("key", "value")}
    kafka = java(spark, "org.apache.kafka.clients.consumer.KafkaConsumer")
    return kafka(properties(spark, {**settings, **deserializers}))


def partition(spark: SparkSession, topic: str) -> JavaObject:
    """The one partition of a topic."""
    return java(spark, "org.apache.kafka.common.TopicPartition")(topic, 0)
