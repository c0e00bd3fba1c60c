"""Runs executions: a few at a time, the others wait in QUEUED."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from headwater.lake.athena import statements, utility
from headwater.lake.athena.engine import USER_ERROR, EngineError, Statement, Trino
from headwater.lake.athena.executions import CANCELLED, FAILED, SUCCEEDED, Execution, History
from headwater.lake.athena.protocol import ApiError, invalid
from headwater.lake.athena.results import ResultStore, ResultWriter
from headwater.lake.athena.values import text_of

if TYPE_CHECKING:
    from headwater.lake.athena.catalog import Catalog
    from headwater.lake.athena.saved import Saved

CONCURRENT = 8
WAITING = 200
# Athena answers a malformed query at once, as an error of StartQueryExecution; so the start waits
# until the engine has parsed the text, but never longer than this.
PARSE_SECONDS = 5.0
_SYNTAX = "SYNTAX_ERROR"
_TYPES = {_SYNTAX: 1006, "USER_CANCELED": 1011}
_USER, _SYSTEM = 2, 1
_USER_TYPE, _ENGINE_TYPE, _SERVICE_TYPE, _RESULT_TYPE = 1000, 200, 100, 401
_UNAUTHORIZED = " or requester is not authorized to access requested resources"

log = logging.getLogger(__name__)


@dataclass
class _Job:
    """An execution under way."""

    execution: Execution
    parsed: threading.Event
    statement: Statement | None = None
    malformed: str = ""


class Runner:
    """The worker threads of the endpoint."""

    def __init__(
        self,
        trino: Trino,
        catalog: Catalog,
        store: ResultStore,
        history: History,
        saved: Saved,
        *,
        concurrent: int = CONCURRENT,
    ) -> None:
        self._trino = trino
        self._catalog = catalog
        self._store = store
        self._history = history
        self._saved = saved
        self._concurrent = concurrent
        self._pool = ThreadPoolExecutor(concurrent, thread_name_prefix="query")
        self._lock = threading.Lock()
        self._jobs: dict[str, _Job] = {}

    def submit(self, execution: Execution) -> str:
        """Start an execution, or find the one that the same token started; returns its id."""
        with self._lock:
            waiting = len(self._jobs) - self._concurrent
        if waiting >= WAITING:
            raise ApiError(
                "TooManyRequestsException",
                "You have exceeded the limit for the number of queries you can run concurrently. "
                "Please reduce the number of concurrent queries submitted by this account.",
                Reason="CONCURRENT_QUERY_LIMIT_EXCEEDED",
            )
        kept = self._history.add(execution)
        if kept is not execution:
            return kept.id
        job = _Job(execution, threading.Event())
        with self._lock:
            self._jobs[execution.id] = job
        self._pool.submit(self._run, job)
        if waiting < 0:
            job.parsed.wait(PARSE_SECONDS)
        if job.malformed:
            self._history.remove(execution)
            raise invalid(job.malformed, "MALFORMED_QUERY")
        return execution.id

    def stop(self, execution: Execution) -> None:
        """Cancel an execution; one that is over stays as it is."""
        if not self._history.finish(execution, CANCELLED, reason="Query was cancelled by user"):
            return
        with self._lock:
            job = self._jobs.get(execution.id)
        if job and job.statement:
            job.statement.cancel()

    def close(self) -> None:
        """Cancel what runs and end the workers."""
        with self._lock:
            jobs = list(self._jobs.values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for job in jobs:
            if job.statement:
                job.statement.cancel()

    def _run(self, job: _Job) -> None:
        execution = job.execution
        try:
            if self._history.start(execution):
                self._execute(job)
                self._publish(execution)
        except EngineError as error:
            self._fail(job, error)
        except (ClientError, BotoCoreError, Boto3Error, OSError) as error:
            reason = f"GENERIC_INTERNAL_ERROR: Unable to write the result to {execution.location}"
            self._end(execution, f"{reason}: {error}", _SYSTEM, _RESULT_TYPE)
        except Exception as error:  # the endpoint outlives whatever a query runs into
            log.exception("query %s", execution.id)
            self._end(execution, f"INTERNAL_ERROR: {error!r}", _SYSTEM, _SERVICE_TYPE)
        finally:
            job.parsed.set()
            with self._lock:
                self._jobs.pop(execution.id, None)

    def _execute(self, job: _Job) -> None:
        execution = job.execution
        command = statements.command_of(execution.sql)
        if command is not None:
            job.parsed.set()
            columns, rows = utility.execute(self._catalog, command, execution.database)
            execution.columns = columns
            with ResultWriter(self._store.spool(execution.id), csv=False) as result:
                result.write(rows)
        elif not self._saved_statement(execution):
            self._query(job)

    def _saved_statement(self, execution: Execution) -> bool:
        """Carry out PREPARE and DEALLOCATE, which concern the work group and not the engine."""
        group = {"WorkGroup": execution.work_group}
        if prepared := statements.preparation_of(execution.sql):
            name, body = prepared
            self._saved.put_statement(group | {"StatementName": name, "QueryStatement": body})
        elif name := statements.deallocation_of(execution.sql) or "":
            self._saved.delete_prepared_statement(group | {"StatementName": name})
        else:
            return False
        with ResultWriter(self._store.spool(execution.id), csv=False):
            pass  # an empty result
        return True

    def _query(self, job: _Job) -> None:
        execution = job.execution
        sql = self._resolved(execution)
        job.statement = self._trino.statement(execution.catalog, execution.database)
        with ResultWriter(self._store.spool(execution.id), csv=execution.is_csv) as result:
            texts = None
            for number, page in enumerate(job.statement.pages(sql)):
                if number:  # the first answer only says that the text has arrived
                    job.parsed.set()
                execution.stats = page.stats
                if texts is None and page.columns:
                    execution.columns = list(page.columns)
                    texts = [text_of(column.signature) for column in page.columns]
                    if execution.is_csv:
                        result.write([[column.name for column in page.columns]])
                for row in page.rows:
                    result.write([[f(v) for f, v in zip(texts or [], row, strict=True)]])
            execution.rows = max(0, result.rows - execution.is_csv)

    def _resolved(self, execution: Execution) -> str:
        sql = statements.bare(execution.sql)
        values = ", ".join(execution.parameters)
        executed = statements.execution_of(sql)
        if executed:
            name, given = executed
            found = self._saved.find_statement(execution.work_group, name)
            if found is None:
                raise EngineError(
                    "",
                    f"PreparedStatement {name} was not found in workGroup {execution.work_group}",
                )
            sql, values = found, given or values
        return statements.with_values(sql, values)

    def _publish(self, execution: Execution) -> None:
        execution.engine_done = time.time()
        self._store.publish(execution.id, execution.location)
        self._history.finish(execution, SUCCEEDED)

    def _fail(self, job: _Job, error: EngineError) -> None:
        if error.name == _SYNTAX:
            job.malformed = error.message
        reason = f"{error.name}: {error.message}" if error.name else error.message
        if error.name == "COLUMN_NOT_FOUND" and reason.endswith("cannot be resolved"):
            reason += _UNAUTHORIZED
        is_user = error.kind == USER_ERROR
        error_type = _TYPES.get(error.name, _USER_TYPE if is_user else _ENGINE_TYPE)
        self._end(job.execution, reason, _USER if is_user else _SYSTEM, error_type)

    def _end(self, execution: Execution, reason: str, category: int, error_type: int) -> None:
        ended = self._history.finish(
            execution, FAILED, reason=reason, category=category, error_type=error_type
        )
        if ended:
            log.info("query %s failed: %s", execution.id, reason)
        self._store.discard(execution.id)
