"""One streaming query of a table, from its start until it is enough."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from typing import TYPE_CHECKING, Final

from headwater_cdc.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import DataFrame
    from pyspark.sql.streaming.query import StreamingQuery

    from headwater_cdc.kafka import Messages

IDLE_S: Final = 5.0
LOOK_S: Final = 0.2
STOP_S: Final = 20.0


class Query:
    """Hands each micro-batch to `take`; keeps its failure, of which Spark keeps a text only."""

    def __init__(
        self, name: str, messages: Messages, take: Callable[[DataFrame, int], None]
    ) -> None:
        self._name = name
        self._messages = messages
        self._take = take
        self._busy = threading.Lock()
        self._halting = False
        self._skipped = False
        self._failure: BaseException | None = None
        self._took = 0.0

    def run(self, first: int, interrupted: Callable[[], bool]) -> int | None:
        """Run from an offset on, until interrupted or without a change for some seconds.

        Returns the offset up to which all was handed over, markers of transactions included; None
        where that is not known. Raises what `take` raised, and TransientError where Spark failed.
        """
        checkpoint = tempfile.mkdtemp(prefix="headwater-")
        self._took = time.monotonic()
        try:
            query = self._start(first, checkpoint)
            while query.isActive:
                if interrupted() or self._is_idle(query):
                    self._halt(query)
                    return None if self._skipped else _end_of(query)
                time.sleep(LOOK_S)
        finally:
            shutil.rmtree(checkpoint, ignore_errors=True)
        if self._failure is not None:
            raise self._failure
        raise TransientError(str(query.exception() or "the query ended")[:2000])

    def _is_idle(self, query: StreamingQuery) -> bool:
        """A query that has not yet looked at its topic is not idle, however long that takes."""
        quiet = not self._busy.locked() and time.monotonic() - self._took > IDLE_S
        return quiet and _end_of(query) is not None

    def _start(self, first: int, checkpoint: str) -> StreamingQuery:
        return (
            self._messages.stream(first)
            .writeStream.foreachBatch(self._hand_over)
            .queryName(self._name)
            .option("checkpointLocation", f"file://{checkpoint}")
            .trigger(processingTime="0 seconds")
            .start()
        )

    def _hand_over(self, frame: DataFrame, batch_id: int) -> None:
        with self._busy:
            if self._halting:
                self._skipped = True
                return
            try:
                self._take(frame, batch_id)
            except BaseException as error:
                self._failure = error
                raise
            self._took = time.monotonic()

    def _halt(self, query: StreamingQuery) -> None:
        """A batch at hand is ended, not cut off; a later one finds us halting."""
        self._halting = True
        if self._busy.acquire(timeout=STOP_S):
            self._busy.release()
        query.stop()


def _end_of(query: StreamingQuery) -> int | None:
    progress = query.lastProgress
    ends = progress["sources"][0]["endOffset"] if progress else None
    return int(next(iter(ends.values()))["0"]) if ends else None
