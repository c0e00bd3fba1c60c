"""One table's life: read its state, run its query, and when that fails wait, retry or pause."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from headwater_cdc.batch import Batches
from headwater_cdc.commit import Committer
from headwater_cdc.errors import (
    CdcError,
    ServerLostError,
    TablePausedError,
    TopicLostError,
    UnseenChangeError,
)
from headwater_cdc.hudi import LakeTable
from headwater_cdc.kafka import Messages, batch_offsets
from headwater_cdc.pace import Pace
from headwater_cdc.quarantine import Quarantine
from headwater_cdc.query import LOOK_S as QUERY_LOOK_S
from headwater_cdc.query import Query
from headwater_cdc.state import TableState
from headwater_cdc.topics import refuse_gone, refuse_lost

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import DataFrame

    from headwater_cdc.config import TableConfig
    from headwater_cdc.requests import Request
    from headwater_cdc.services import Services
    from headwater_cdc.shape import Shape

log = logging.getLogger(__name__)
BACKOFF_S: Final = (1.0, 2.0, 5.0, 10.0, 20.0)
BEGINNINGS: Final = ("begin", "rebuild")  # asked of paused tables too
LOOK_S: Final = 2.0  # for a topic that is not there yet, and for the end of a pause


class Table(threading.Thread):
    """Keeps one table going until told to stop; its failures are its own."""

    def __init__(self, config: TableConfig, services: Services) -> None:
        super().__init__(name=config.name, daemon=True)
        self.config = config
        self._services = services
        self._path = services.config.path_of(config)
        self._messages = Messages(services.spark, config.topic, services.config.kafka)
        self._stopping = threading.Event()
        self._failures = 0
        self._begun = False
        self._request: Request | None = None
        self._answered = ""

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
        self._services.upkeep.leave(self.config.name)

    def ask(self, request: Request) -> None:
        """Do this as soon as its time has come; returns at once."""
        if request.id != self._answered:
            self._request = request

    def _run_query(self) -> None:
        self._begin_if_asked()
        self._services.history.refuse_unseen(self.config.name)
        lake = self._lake()
        found = lake.read_state()
        state = self._start_state(found)
        if state is None:
            self._stopping.wait(LOOK_S)
            return
        stands_at = found.next_offset if found is not None else None
        committer = Committer(self.config, lake, state, self._committed, stands_at)
        kept = Quarantine(self._services.storage, self._services.config.control, self.config)
        batches = Batches(committer, self._services.schemas, kept)
        if batches.shape is not None:
            self._services.catalog.committed(self.config, batches.shape)
            if lake.awaits_compaction():
                self._services.upkeep.ask(self.config, batches.shape.key_names)
        self._answer(committer, batches, kept)
        self._services.statuses.running(self.config.name)
        while not self._is_interrupted(committer.state):
            query = Query(self.config.name, self._messages, self._paced(batches, committer))
            log.info("%s: running from offset %d", self.config.name, committer.state.next_offset)
            end = query.run(
                committer.state.next_offset, lambda: self._is_interrupted(committer.state)
            )
            self._sleep(committer, end)

    def _sleep(self, committer: Committer, end: int | None) -> None:
        """Wait until the topic has more than what was seen of it."""
        known = committer.state.next_offset if end is None else end
        moved = self._services.ends.sleep(self.config.topic, known)
        while not (moved.wait(QUERY_LOOK_S) or self._is_interrupted(committer.state)):
            pass
        self._services.ends.wake(self.config.topic)

    def _paced(self, batches: Batches, committer: Committer) -> Callable[[DataFrame, int], None]:
        pace = Pace(self.config.commit_every, batch_offsets(), self._stopping.wait)

        def take(frame: DataFrame, batch_id: int) -> None:
            pace.begin()
            first = committer.state.next_offset
            batches(frame, batch_id)
            self._failures = 0
            taken = committer.state.next_offset - first
            pace.rest(taken, lambda: self._is_interrupted(committer.state))

        return take

    def _is_interrupted(self, state: TableState) -> bool:
        services = self._services
        halted = services.beats.broken or bool(services.history.tells(self.config.name))
        return halted or self._stopping.is_set() or self._is_asked(state)

    def _start_state(self, found: TableState | None) -> TableState | None:
        """Where to go on; None while there is nothing to read."""
        state = self._services.rebuilds.state_of(self.config.name, found)
        self._begun = state is not found
        topic = self._services.topics.describe(self.config.topic)
        if topic is None:
            if state is not None and state.next_offset:
                refuse_gone(self.config.topic)
            return None
        state = state or TableState(topic.name)
        if not state.topic_id:
            state = replace(state, topic=topic.name, topic_id=topic.id)
        refuse_lost(topic, state)
        self._services.beats.refuse_broken()
        return state

    def _lake(self) -> LakeTable:
        return LakeTable(self._services.spark, self.config, self._path)

    def _begin_if_asked(self) -> None:
        request = self._request
        if request is None or request.action not in BEGINNINGS:
            return
        topic = self._services.topics.describe(self.config.topic)
        rebuilds, name, old = self._services.rebuilds, self.config.name, self._lake().read_state()
        if request.action == "begin":
            rebuilds.begin(name, topic, old)
        else:
            self._services.upkeep.leave(name)
            rebuilds.empty(name, self._path, topic, old)
        self._services.history.settled(name)
        self._services.statuses.running(name)
        self._answered_with(request)

    def _is_asked(self, state: TableState) -> bool:
        return self._request is not None and state.next_offset >= self._request.after_offset

    def _answer(self, committer: Committer, batches: Batches, kept: Quarantine) -> None:
        """Do what is asked while no query runs; what cannot be done is told to whoever asked."""
        request = self._request
        if request is None or not self._is_asked(committer.state):
            return
        try:
            if request.action == "replay":
                self._replay(committer.state, batches, kept)
            elif request.action == "remove" and batches.shape is not None:
                committer.remove_older(request.until, batches.shape, request.record_keys)
        except TablePausedError as error:
            self._answered_with(request, error)
        else:
            self._answered_with(request)

    def _answered_with(self, request: Request, error: TablePausedError | None = None) -> None:
        requests = self._services.requests
        if error is None:
            requests.done(self.config.name)
        else:
            requests.fail(self.config.name, request, error.message, error.remedy)
        told = "done" if error is None else error.message
        log.info("%s: %s: %s", self.config.name, request.action, told)
        self._answered = request.id
        self._request = None

    def _replay(self, state: TableState, batches: Batches, kept: Quarantine) -> None:
        messages = kept.all()
        if not messages:
            return
        topic = self._services.topics.describe(self.config.topic)
        first = messages[0].offset
        if topic is None or first < topic.earliest:
            raise TopicLostError(
                f"topic {self.config.topic} no longer has offset {first}, so what came later for "
                "the same keys is not known",
                remedy=f"`headwater snapshot {self.config.name}` reads the table anew",
            )
        frame = self._messages.part(first, state.next_offset)
        kept.release(batches.replay(frame, messages))

    def _committed(self, of: Shape, upkeep: bool) -> None:  # noqa: FBT001 - a callback's argument
        if self._begun:
            self._services.rebuilds.done(self.config.name)
            self._begun = False
        self._services.catalog.committed(self.config, of)
        if upkeep:
            self._services.upkeep.ask(self.config, of.key_names)

    def _pause(self, error: TablePausedError) -> None:
        """Say why, and wait until the reason is removed: the status file, or the job restarted."""
        log.error("%s: paused: %s; remedy: %s", self.config.name, error.message, error.remedy)
        if self._request is not None and self._request.action not in BEGINNINGS:
            self._answered_with(self._request, error)
        statuses = self._services.statuses
        told = statuses.paused(self.config.name, error)
        while not self._stopping.wait(LOOK_S):
            if not told:
                told = statuses.paused(self.config.name, error)
            elif self._request is not None or self._is_over(error):
                log.info("%s: the pause is lifted", self.config.name)
                return

    def _is_over(self, error: TablePausedError) -> bool:
        name, history = self.config.name, self._services.history
        if isinstance(error, ServerLostError) and not self._services.beats.broken:
            return True
        if isinstance(error, UnseenChangeError) and error.message != history.tells(name):
            return True  # a swap is told as two renames, one after the other
        if not self._services.statuses.is_removed(name):
            return False
        history.settled(name)
        return True

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
