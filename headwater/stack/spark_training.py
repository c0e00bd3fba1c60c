"""Loads what the streaming job loads for the archive of its classes; run by `spark-submit`.

Three quarters of a job's first minute are 26,000 classes that are found, verified and linked. A JVM
that is started with `-XX:ArchiveClassesAtExit` leaves them ready for the next one. What cannot be
done here (no server runs) still loads the classes of the attempt.
"""

from __future__ import annotations

import logging
import tempfile
import threading
from typing import TYPE_CHECKING

from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812
from pyspark.sql.avro.functions import from_avro

from headwater_cdc.jvm import hadoop_conf, java, pin
from headwater_cdc.kafka import consumer, partition
from headwater_cdc.warmup import warm_up

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

log = logging.getLogger(__name__)
NOWHERE = "127.0.0.1:1"
WAIT_S = 120
_SCHEMA = '{"type": "record", "name": "r", "fields": [{"name": "a", "type": ["null", "long"]}]}'
_IMPATIENT = {
    "bootstrap.servers": NOWHERE,
    "default.api.timeout.ms": "500",
    "request.timeout.ms": "400",
}


def stream(spark: SparkSession) -> None:
    """A micro-batch that is decoded and summed up."""
    seen = threading.Event()

    def take(frame: DataFrame, _: int) -> None:
        raw = frame.select("value", F.expr("cast(cast(value as string) as binary)").alias("raw"))
        read = raw.select("value", from_avro("raw", _SCHEMA, {"mode": "PERMISSIVE"}).alias("m"))
        read.groupBy("m.a").agg(F.max("value"), F.count("*")).collect()
        seen.set()

    rows = spark.readStream.format("rate-micro-batch").option("rowsPerBatch", 1).load()
    with tempfile.TemporaryDirectory() as folder:
        query = rows.writeStream.foreachBatch(take).option("checkpointLocation", folder).start()
        seen.wait(WAIT_S)
        query.stop()


def kafka(spark: SparkSession) -> None:
    """A consumer, and Spark's own, that find nobody."""
    plain = consumer(spark, _IMPATIENT, "ByteArray")
    topics = java(spark, "java.util.ArrayList")()
    topics.add(partition(spark, "none"))
    options = {f"kafka.{name}": value for name, value in _IMPATIENT.items()}
    reader = spark.read.format("kafka").options(**options, assign='{"none": [0]}')
    try:
        plain.endOffsets(topics)
    finally:
        plain.close()
        reader.option("fetchOffset.numRetries", "1").load().count()


def s3(spark: SparkSession) -> None:
    """A look at a bucket that is not there."""
    conf = hadoop_conf(spark)
    conf.set("fs.s3a.endpoint", f"http://{NOWHERE}")
    conf.set("fs.s3a.attempts.maximum", "0")
    conf.set("fs.s3a.retry.limit", "0")
    conf.set("fs.s3a.access.key", "none")
    conf.set("fs.s3a.secret.key", "none")
    path = java(spark, "org.apache.hadoop.fs.Path")("s3a://none/none")
    path.getFileSystem(conf).exists(path)


def main() -> None:
    """Everything once."""
    logging.basicConfig(level=logging.INFO)
    logging.getLogger("py4j").setLevel(logging.CRITICAL)
    spark = SparkSession.builder.appName("training").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    pin(spark)
    warm_up(spark)
    for attempt in (stream, kafka, s3):
        try:
            attempt(spark)
        except Exception as error:  # noqa: BLE001 - nobody answers, as meant
            log.info("%s: %s", attempt.__name__, str(error)[:200])
    spark.stop()


if __name__ == "__main__":
    main()
