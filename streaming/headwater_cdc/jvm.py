"""The JVM beside us, through py4j; the one place that says that nothing there is typed."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyspark.sql import Column, DataFrame, SparkSession

JavaObject: TypeAlias = Any


# What PySpark itself looks up by these names at every call: the classes and packages of its own.
_LOOKED_UP = ("functions", "PythonUtils", "PythonSQLUtils", "SparkSession", "SparkSession$", "org")


def jvm(spark: SparkSession) -> JavaObject:
    """The root of the JVM's packages."""
    return cast("Any", spark.sparkContext)._jvm  # noqa: SLF001 - PySpark has no public name for it


def pin(spark: SparkSession) -> None:
    """Look up once what PySpark asks for again and again; see `java`."""
    root = jvm(spark)
    for name in _LOOKED_UP:
        setattr(root, name, getattr(root, name))


@functools.cache
def java(spark: SparkSession, name: str) -> JavaObject:
    """A class by its full name.

    py4j asks the JVM what each part of the name is, and for one that is no class the JVM searches
    all its jars: some milliseconds each time. So it is asked once.
    """
    return functools.reduce(getattr, name.split("."), jvm(spark))


def java_context(spark: SparkSession) -> JavaObject:
    """The `JavaSparkContext` below the session."""
    return cast("Any", spark.sparkContext)._jsc  # noqa: SLF001


def hadoop_conf(spark: SparkSession) -> JavaObject:
    """The Hadoop configuration with the file systems' settings."""
    return java_context(spark).hadoopConfiguration()


def properties(spark: SparkSession, values: Mapping[str, str]) -> JavaObject:
    """A `java.util.Properties`."""
    made = java(spark, "java.util.Properties")()
    for name, value in values.items():
        made.setProperty(name, value)
    return made


def iterate(iterator: JavaObject) -> Iterator[JavaObject]:
    """What a `java.util.Iterator` gives."""
    while iterator.hasNext():
        yield iterator.next()


class Projection:
    """Columns that are made once and selected in every batch.

    To build a column takes several calls to the JVM, about a millisecond each: for a table of 20
    columns that was a quarter of a batch. Selecting them ready-made is one call.
    """

    def __init__(self, *columns: Column | str) -> None:
        self._columns = columns
        self._ready: JavaObject = None

    def of(self, frame: DataFrame) -> DataFrame:
        """The frame's projection: `frame.select` of the columns."""
        return _frame(cast("Any", frame)._jdf.select(self._made(frame)), frame)  # noqa: SLF001

    def grouped(self, frame: DataFrame, values: Projection) -> DataFrame:
        """The values aggregated by these columns: `frame.groupBy(...).agg(...)`."""
        groups = cast("Any", frame)._jdf.groupBy(self._made(frame))  # noqa: SLF001
        wanted = values._made(frame)
        return _frame(groups.agg(wanted.head(), wanted.tail()), frame)

    def _made(self, frame: DataFrame) -> JavaObject:
        if self._ready is None:
            self._ready = cast("Any", frame)._jcols(*self._columns)  # noqa: SLF001
        return self._ready


def _frame(made: JavaObject, like: DataFrame) -> DataFrame:
    from pyspark.sql import DataFrame  # noqa: PLC0415 - the module is also used without Spark

    return DataFrame(made, like.sparkSession)
