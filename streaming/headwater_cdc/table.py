"""One table's life: read its state, run its query, and when that fails wait, retry or pause."""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
import threading
from typing import TYPE_CHECKING, Final

from headwater_cdc.batch import Batches
from headwater_cdc.commit import Committer
from headwater_cdc.errors import CdcError, TablePausedError, TransientError
from headwater_cdc.hudi import LakeTable
from headwater_cdc.state import TableState
from headwater_cdc.topics import refuse_lost

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import DataFrame
    from pyspark.sql.streaming.query import StreamingQuery

    from headwater_cdc.config import TableConfig
    from headwater_cdc.services import Services
    from headwater_cdc.shape import Shape

log = logging.getLogger(__name__)
BACKOFF_S: Final = (1.0, 2.0, 5.0, 10.0, 20.0)
LOOK_S: Final = 2.0  # for a topic that is not there yet, and for the end of a pause
STOP_S: Final = 20.0
BATCH_OFFSETS: Final = "100000"
CONSUMER: Final = {
    "kafka.isolation.level": "read_committed",
    # A batch ends with a transaction's marker, which is no record: the consumer would wait for
    # one more until this is over (500 ms if not said otherwise). Nothing polls between batches.
    "kafka.fetch.max.wait.ms": "20",
}


class Table(threading.Thread):
    """Keeps one table going until told to stop; its failures are its own."""

    def __init__(self, config: TableConfig, services: Services) -> None:
        super().__init__(name=config.name, daemon=True)
        self.config = config
        self._services = services
        self._path = services.config.path_of(config)
        self._stopping = threading.Event()
        self._busy = threading.Lock()
        self._query: StreamingQuery | None = None
        self._failure: BaseException | None = None
        self._failures = 0

    def stop(self) -> None:
        """Stop after the batch at hand; returns at once."""
        self._stopping.set()

    def run(self) -> None:
        """Run the query; after a failure pause, or begin anew from the table's own state."""
        while not self._stopping.is_set():
            try:
                self._run_query()
            except TablePausedError as error:
                self._pause(error)
            except Exception as error:  # noqa: BLE001 - any failure is retried, none ends the job
                self._back_off(error)

    def _run_query(self) -> None:
        lake = LakeTable(self._services.spark, self.config, self._path)
        state = self._start_state(lake)
        if state is None:
            self._stopping.wait(LOOK_S)
            return
        batches = Batches(
            Committer(self.config, lake, state, self._committed), self._services.schemas
        )
        checkpoint = tempfile.mkdtemp(prefix="headwater-")
        try:
            self._query = self._start(state, batches, checkpoint)
            log.info("%s: running from offset %d", self.config.name, state.next_offset)
            self._services.statuses.running(self.config.name)
            self._watch(self._query)
        finally:
            shutil.rmtree(checkpoint, ignore_errors=True)

    def _start_state(self, lake: LakeTable) -> TableState | None:
        """Where to go on; None while there is nothing to read."""
        topic = self._services.topics.describe(self.config.topic)
        if topic is None:
            return None
        state = lake.read_state() or TableState(self.config.topic, topic.id)
        refuse_lost(topic, state)
        return state

    def _start(self, state: TableState, batches: Batches, checkpoint: str) -> StreamingQuery:
        topic = self.config.topic
        source = self._services.spark.readStream.format("kafka").options(
            assign=json.dumps({topic: [0]}),
            startingOffsets=json.dumps({topic: {"0": state.next_offset or -2}}),
            failOnDataLoss="true",
            maxOffsetsPerTrigger=os.environ.get("HEADWATER_BATCH_OFFSETS", BATCH_OFFSETS),
            **{f"kafka.{name}": value for name, value in self._services.config.kafka.items()},
            **CONSUMER,
        )
        return (
            source.load()
            .writeStream.foreachBatch(self._sink(batches))
            .queryName(self.config.name)
            .option("checkpointLocation", f"file://{checkpoint}")
            .trigger(processingTime="0 seconds")
            .start()
        )

    def _watch(self, query: StreamingQuery) -> None:
        while query.isActive:
            if self._stopping.wait(0.2):
                # A batch at hand is ended, not cut off; a later one finds us stopping.
                if self._busy.acquire(timeout=STOP_S):
                    self._busy.release()
                query.stop()
                return
        if self._failure is not None:
            raise self._failure
        problem = query.exception()
        if problem is not None:
            raise TransientError(str(problem)[:2000])

    def _sink(self, batches: Batches) -> Callable[[DataFrame, int], None]:
        """What the query calls for each batch; keeps a failure, of which Spark keeps a text."""
        self._failure = None

        def take(frame: DataFrame, batch_id: int) -> None:
            with self._busy:
                if self._stopping.is_set():
                    return
                try:
                    batches(frame, batch_id)
                except BaseException as error:
                    self._failure = error
                    raise
                self._failures = 0

        return take

    def _committed(self, of: Shape) -> None:
        self._services.catalog.committed(self.config, of)

    def _pause(self, error: TablePausedError) -> None:
        """Say why, and wait until the reason is removed: the status file, or the job restarted."""
        log.error("%s: paused: %s; remedy: %s", self.config.name, error.message, error.remedy)
        statuses = self._services.statuses
        told = statuses.write(self.config.name, "paused", error.message, error.remedy)
        while not self._stopping.wait(LOOK_S):
            if not told:
                told = statuses.write(self.config.name, "paused", error.message, error.remedy)
            elif statuses.is_removed(self.config.name):
                log.info("%s: the pause is lifted", self.config.name)
                return

    def _back_off(self, error: Exception) -> None:
        wait = BACKOFF_S[min(self._failures, len(BACKOFF_S) - 1)]
        self._failures += 1
        reason = error.message if isinstance(error, CdcError) else str(error)
        log.warning("%s: again in %.0f s: %s", self.config.name, wait, reason[:2000])
        log.debug("%s", self.config.name, exc_info=error)
        if self._failures > 1:
            self._services.statuses.write(
                self.config.name, "retrying", reason[:500], "it goes on by itself when this is over"
            )
        self._stopping.wait(wait)
