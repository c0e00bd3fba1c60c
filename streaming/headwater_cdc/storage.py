"""Small text files through Hadoop's file systems: S3, EMRFS or a local disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater_cdc.jvm import JavaObject, hadoop_conf, java

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class Storage:
    """Reads, writes and removes small files named by URI."""

    def __init__(self, spark: SparkSession) -> None:
        self._path = java(spark, "org.apache.hadoop.fs.Path")
        self._streams = java(spark, "org.apache.commons.io.IOUtils")
        self._conf = hadoop_conf(spark)

    def read(self, uri: str) -> str | None:
        """The file's text, None if there is no such file."""
        system, path = self._open(uri)
        if not system.exists(path):
            return None
        stream = system.open(path)
        try:
            return str(self._streams.toString(stream, "UTF-8"))
        finally:
            stream.close()

    def write(self, uri: str, text: str) -> None:
        """Write or replace the file."""
        system, path = self._open(uri)
        stream = system.create(path, True)  # noqa: FBT003 - a Java call has no keywords
        try:
            stream.write(bytearray(text.encode()))
        finally:
            stream.close()

    def exists(self, uri: str) -> bool:
        """Whether there is such a file."""
        system, path = self._open(uri)
        return bool(system.exists(path))

    def delete(self, uri: str) -> None:
        """Remove the file, or the folder with all that is in it; nothing if there is none."""
        system, path = self._open(uri)
        system.delete(path, True)  # noqa: FBT003 - a Java call has no keywords

    def names(self, uri: str) -> list[str]:
        """The names of what lies in a folder; none if there is no such folder."""
        system, path = self._open(uri)
        if not system.exists(path):
            return []
        return [str(entry.getPath().getName()) for entry in system.listStatus(path)]

    def _open(self, uri: str) -> tuple[JavaObject, JavaObject]:
        path = self._path(uri)
        return path.getFileSystem(self._conf), path
