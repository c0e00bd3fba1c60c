"""The JVM beside us, through py4j; the one place that says that nothing there is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyspark.sql import SparkSession

JavaObject: TypeAlias = Any


def jvm(spark: SparkSession) -> JavaObject:
    """The root of the JVM's packages."""
    return cast("Any", spark.sparkContext)._jvm  # noqa: SLF001 - PySpark has no public name for it


def hadoop_conf(spark: SparkSession) -> JavaObject:
    """The Hadoop configuration with the file systems' settings."""
    return cast("Any", spark.sparkContext)._jsc.hadoopConfiguration()  # noqa: SLF001


def properties(spark: SparkSession, values: Mapping[str, str]) -> JavaObject:
    """A `java.util.Properties`."""
    made = jvm(spark).java.util.Properties()
    for name, value in values.items():
        made.setProperty(name, value)
    return made


def iterate(iterator: JavaObject) -> Iterator[JavaObject]:
    """What a `java.util.Iterator` gives."""
    while iterator.hasNext():
        yield iterator.next()
