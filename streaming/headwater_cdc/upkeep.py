"""Compaction, cleaning and archiving beside the stream, one table at a time.

A commit that also cleaned took twice as long, and one that compacted as long as the table is large.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from headwater_cdc import faults
from headwater_cdc.hudi import LakeTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import SparkSession

    from headwater_cdc.config import JobConfig, TableConfig

log = logging.getLogger(__name__)


class Upkeep(threading.Thread):
    """Does what tables ask for, in their order; a failure is told and tried again at the next."""

    def __init__(self, spark: SparkSession, config: JobConfig) -> None:
        super().__init__(name="upkeep", daemon=True)
        self._spark = spark
        self._config = config
        self._changed = threading.Condition()
        self._asked: dict[str, tuple[TableConfig, Sequence[str]]] = {}
        self._at = ""
        self._stopping = False

    def ask(self, table: TableConfig, keys: Sequence[str]) -> None:
        """As soon as it is this table's turn; returns at once."""
        with self._changed:
            self._asked[table.name] = (table, keys)
            self._changed.notify_all()

    def leave(self, name: str) -> None:
        """Not this table from now on until it asks again; returns when nothing works on it.

        Where all ends, nobody waits for that: a compaction that is cut off is finished later.
        """
        with self._changed:
            self._asked.pop(name, None)
            self._changed.wait_for(lambda: self._stopping or self._at != name)

    def stop(self) -> None:
        """End after the table at hand."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def run(self) -> None:
        """Serve, until stopped."""
        while True:
            with self._changed:
                self._at = ""
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._stopping or self._asked)
                if self._stopping:
                    return
                self._at = next(iter(self._asked))
                table, keys = self._asked.pop(self._at)
            self._serve(table, keys)

    def _serve(self, table: TableConfig, keys: Sequence[str]) -> None:
        began = time.monotonic()
        try:
            with faults.during("mid_upkeep"):
                lake = LakeTable(self._spark, table, self._config.path_of(table))
                lake.maintain(keys, self._config.query_seconds)
        except Exception as error:  # noqa: BLE001 - the stream goes on; asked for again soon
            log.warning("%s: its upkeep failed: %s", table.name, str(error)[:2000])
        else:
            took = round((time.monotonic() - began) * 1000)
            log.info("%s: compacted, cleaned, archived, %d ms", table.name, took)
