"""Query executions: their states, and a bounded history that survives a restart."""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from headwater.lake.athena.protocol import ApiError, Json, invalid
from headwater.lake.athena.values import Column

if TYPE_CHECKING:
    from pathlib import Path

QUEUED, RUNNING = "QUEUED", "RUNNING"
SUCCEEDED, FAILED, CANCELLED = "SUCCEEDED", "FAILED", "CANCELLED"
TERMINAL = frozenset({SUCCEEDED, FAILED, CANCELLED})
HISTORY = 1000
ENGINE_VERSION = {
    "SelectedEngineVersion": "AUTO",
    "EffectiveEngineVersion": "Athena engine version 3",
}

log = logging.getLogger(__name__)


@dataclass
class Execution:
    """One query, from its submission to its end."""

    sql: str
    kind: str
    catalog: str
    database: str
    work_group: str
    output: str
    parameters: list[str] = field(default_factory=list)
    token: str = ""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = QUEUED
    reason: str = ""
    category: int = 0
    error_type: int = 0
    submitted: float = field(default_factory=time.time)
    started: float | None = None
    engine_done: float | None = None
    completed: float | None = None
    stats: Json = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)
    rows: int = 0

    @property
    def is_csv(self) -> bool:
        """Queries give CSV with a header, everything else lines of text."""
        return self.kind == "DML"

    @property
    def location(self) -> str:
        """The object that holds the result."""
        return f"{self.output.rstrip('/')}/{self.id}.{'csv' if self.is_csv else 'txt'}"

    def status(self) -> Json:
        """Athena's QueryExecutionStatus."""
        status: Json = {"State": self.state, "SubmissionDateTime": self.submitted}
        if self.completed:
            status["CompletionDateTime"] = self.completed
        if self.reason:
            status["StateChangeReason"] = self.reason
        if self.state == FAILED:
            status["AthenaError"] = {
                "ErrorCategory": self.category,
                "ErrorType": self.error_type,
                "Retryable": False,
                "ErrorMessage": self.reason,
            }
        return status

    def statistics(self) -> Json:
        """Athena's QueryExecutionStatistics."""
        end = self.completed or time.time()
        begin = self.started or end
        return {
            "DataScannedInBytes": int(self.stats.get("physicalInputBytes") or 0),
            "EngineExecutionTimeInMillis": _millis((self.engine_done or end) - begin),
            "QueryQueueTimeInMillis": _millis(begin - self.submitted),
            "ServiceProcessingTimeInMillis": _millis(end - (self.engine_done or end)),
            "TotalExecutionTimeInMillis": _millis(end - self.submitted),
        }

    def as_json(self) -> Json:
        """Athena's QueryExecution."""
        context = {"Database": self.database, "Catalog": self.catalog}
        return {
            "QueryExecutionId": self.id,
            "Query": self.sql,
            "StatementType": self.kind,
            "ResultConfiguration": {"OutputLocation": self.location},
            "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": False}},
            "QueryExecutionContext": {k: v for k, v in context.items() if v},
            "Status": self.status(),
            "Statistics": self.statistics(),
            "WorkGroup": self.work_group,
            "EngineVersion": ENGINE_VERSION,
            **({"ExecutionParameters": self.parameters} if self.parameters else {}),
        }


def _millis(seconds: float) -> int:
    return max(0, round(seconds * 1000))


class History:
    """The newest executions, in memory and as one small file each."""

    def __init__(self, folder: Path, *, limit: int = HISTORY) -> None:
        self._folder = folder
        self._limit = limit
        self._lock = threading.Lock()
        self._known: dict[str, Execution] = {}
        self._load()

    def add(self, execution: Execution) -> Execution:
        """Keep a new execution, or return the earlier one that carries the same token."""
        with self._lock:
            earlier = self._with_token(execution.token)
            if earlier is not None:
                if earlier.sql != execution.sql:
                    raise invalid("Idempotent parameters do not match")
                return earlier
            self._known[execution.id] = execution
            self._forget_oldest()
        self._save(execution)
        return execution

    def get(self, query_id: str) -> Execution:
        """An execution, or Athena's answer that there is none."""
        with self._lock:
            found = self._known.get(query_id)
        if found is None:
            raise ApiError(
                "InvalidRequestException",
                f"QueryExecution {query_id} was not found",
                AthenaErrorCode="INVALID_INPUT",
            )
        return found

    def newest(self, work_group: str) -> list[Execution]:
        """The executions of a work group, newest first."""
        with self._lock:
            known = list(self._known.values())
        return [e for e in reversed(known) if e.work_group == work_group]

    def remove(self, execution: Execution) -> None:
        """Forget an execution that was refused."""
        with self._lock:
            self._known.pop(execution.id, None)
        self._file(execution.id).unlink(missing_ok=True)

    def start(self, execution: Execution) -> bool:
        """QUEUED becomes RUNNING, unless the query was stopped before."""
        with self._lock:
            if execution.state != QUEUED:
                return False
            execution.state, execution.started = RUNNING, time.time()
            return True

    def finish(self, execution: Execution, state: str, **changes: Any) -> bool:  # noqa: ANN401 - fields of Execution
        """Bring an execution to its end; the first end counts.

        The record is on disk before anybody can see the end, so that a query that was
        once seen to succeed is still known after a restart.
        """
        with self._lock:
            if execution.state in TERMINAL:
                return False
            end: dict[str, Any] = {**changes, "completed": time.time(), "state": state}
            self._save(replace(execution, **end))
            for name, value in end.items():
                setattr(execution, name, value)
        return True

    def _with_token(self, token: str) -> Execution | None:
        if not token:
            return None
        return next((e for e in self._known.values() if e.token == token), None)

    def _forget_oldest(self) -> None:
        finished = (e for e in self._known.values() if e.state in TERMINAL)
        while len(self._known) > self._limit and (oldest := next(finished, None)):
            del self._known[oldest.id]
            self._file(oldest.id).unlink(missing_ok=True)
            finished = (e for e in self._known.values() if e.state in TERMINAL)

    def _file(self, query_id: str) -> Path:
        return self._folder / f"{query_id}.json"

    def _save(self, execution: Execution) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._file(execution.id).with_suffix(".new")
        draft.write_text(json.dumps(asdict(execution)))
        draft.replace(self._file(execution.id))

    def _load(self) -> None:
        found = [e for file in self._folder.glob("*.json") if (e := _read(file))]
        for execution in sorted(found, key=lambda e: e.submitted):
            self._known[execution.id] = execution
        for execution in list(self._known.values()):
            self.finish(
                execution,
                FAILED,
                reason="INTERNAL_ERROR: the Athena endpoint was restarted while the query ran",
                category=1,
                error_type=100,
            )
        with self._lock:
            self._forget_oldest()


def _read(file: Path) -> Execution | None:
    try:
        content = json.loads(file.read_text())
        content["columns"] = [Column(**column) for column in content["columns"]]
        return Execution(**content)
    except (ValueError, TypeError, KeyError) as error:
        log.warning("forgetting the unreadable query record %s: %s", file, error)
        file.unlink(missing_ok=True)
        return None
