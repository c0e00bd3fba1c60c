"""What runs, how far each table is behind, and what the APIs answered: one document.

Every stage is asked by itself; one that does not answer is reported and hides no other.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from headwater.capture import preflight, scans
from headwater.captured import declared
from headwater.errors import HeadwaterError
from headwater.mysql import quoted
from headwater.topics import Topics, heartbeat_topic, topic_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.targets._connect_health import Health
    from headwater.targets.base import Context

Row = dict[str, Any]
Value = TypeVar("Value")

_ANSWERS = """
SELECT feed, status, outcome, COUNT(*) AS responses, SUM(rows_applied) AS rows_applied,
       SUM(rows_rejected) AS rows_rejected, MAX(fetched_at) AS last_at,
       MAX(CONCAT(fetched_at, ' ', error)) AS last_error
FROM api_responses GROUP BY feed, status, outcome ORDER BY feed, status, outcome
"""


@dataclass(frozen=True)
class TableStatus:
    """One table through the stages; None where a stage does not answer or has nothing yet."""

    table: str
    mysql_rows: int | None = None
    topic_end: int | None = None
    applied_offset: int | None = None
    pending: int | None = None
    freshness_s: float | None = None
    commit_s: float | None = None
    state: str = "waiting"
    reason: str = ""


class Collector:
    """Asks every stage; collects what they say and the errors of those that do not answer."""

    def __init__(self, context: Context, clock: Callable[[], float] = time.time) -> None:
        self._context = context
        self._clock = clock
        self.errors: list[str] = []

    def document(self, services: list[Row]) -> Row:
        """The whole status; `services` comes from the supervisor."""
        return {
            "sources": [
                {"feed": feed, "source": source} for feed, source in self._context.sources.items()
            ],
            "services": services,
            "connector": [vars(found) for found in [self._try("Kafka", self._connector)] if found],
            "tables": [vars(table) for table in self.tables()],
            "preflight": self._try("MySQL", self._preflight) or [],
            "api_responses": self._try("MySQL", self._answers) or [],
            "quarantined": self._try("S3", self._quarantined) or {},
            "errors": self.errors,
        }

    def measured(self, services: list[Row]) -> Row:
        """What is measured again and again, of the tables that the job has been told of.

        Nothing in it takes longer for a larger table: no row is counted.
        """
        return {
            "services": services,
            "tables": [vars(table) for table in self._stages(self._try("S3", self._told) or [])],
            "quarantined": self._try("S3", self._quarantined) or {},
        }

    def tables(self) -> list[TableStatus]:
        """One entry per declared table."""
        names = [table.name for table in declared(self._context)]
        rows = self._try("MySQL", lambda: self._row_counts(names)) or {}
        return [replace(table, mysql_rows=rows.get(table.table)) for table in self._stages(names)]

    def _stages(self, names: list[str]) -> list[TableStatus]:
        """These tables in Kafka and in the lake."""
        states = self._try("S3", lambda: self._lake_states(names)) or {}
        for name, reading in (self._try("Kafka", self._readings) or {}).items():
            states.setdefault(name, {}).update(reading)
        backlogs = self._try("Kafka", lambda: self._backlogs(names, states)) or {}
        return [
            TableStatus(table=name, **states.get(name, {}), **backlogs.get(name, {}))
            for name in names
        ]

    def _try(self, stage: str, ask: Callable[[], Value]) -> Value | None:
        try:
            return ask()
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs into the report
            text = error.message if isinstance(error, HeadwaterError) else f"{error}"
            self.errors.append(f"{stage}: {type(error).__name__}: {text}"[:500])
            return None

    def _answers(self) -> list[Row]:
        from pymysql.cursors import DictCursor  # noqa: PLC0415 - only where MySQL is asked

        account = self._context.connections.mysql
        with closing(account.connect(self._context.settings.database)) as connection:
            cursor = connection.cursor(DictCursor)
            cursor.execute(_ANSWERS)
            return [dict(row) for row in cursor.fetchall()]

    def _row_counts(self, names: list[str]) -> dict[str, int]:
        """Rows in MySQL; a table that was dropped there has no entry."""
        from pymysql.constants import ER  # noqa: PLC0415 - only where MySQL is asked
        from pymysql.err import ProgrammingError  # noqa: PLC0415

        account = self._context.connections.mysql
        with closing(account.connect()) as connection:
            cursor = connection.cursor()
            counts = {}
            for name in names:
                try:
                    cursor.execute(f"SELECT COUNT(*) FROM {quoted(*name.split('.', 1))}")  # noqa: S608 - quoted
                except ProgrammingError as error:
                    if error.args[0] != ER.NO_SUCH_TABLE:
                        raise
                    continue
                (counts[name],) = cursor.fetchone() or (0,)
            return counts

    def _told(self) -> list[str]:
        from headwater.lake import tables  # noqa: PLC0415 - boto3 is heavy

        return [table.name for table in tables.captured(self._context.connections.aws)]

    def _lake_states(self, names: list[str]) -> dict[str, Row]:
        from headwater.lake import tables  # noqa: PLC0415 - boto3 is heavy

        found: dict[str, Row] = {}
        for name in names:
            state = tables.read_state(self._context.connections.aws, *name.split(".", 1))
            report = tables.read_report(self._context.connections.aws, *name.split(".", 1))
            found[name] = {
                "applied_offset": state.next_offset if state else None,
                "commit_s": state.last_commit_ms / 1000 if state and state.last_commit_ms else None,
                "state": report.get("state", "waiting"),
                "reason": report.get("reason") or "",
            }
        return found

    def _preflight(self) -> list[Row]:
        """What the binlog cannot show, of the server and of every table."""
        found = preflight.findings(self._context.connections, declared(self._context))
        return [vars(finding) for finding in found]

    def _readings(self) -> dict[str, Row]:
        """State and reason of captured tables whose rows are still read, or could not be."""
        connections = self._context.connections
        asked = [scan for scan in scans.known(connections.mysql).values() if not scan.complete]
        if not asked:
            return {}
        with Topics(connections.kafka) as topics:
            found = scans.Follower(connections, topics, asked).look()
        return {
            name: {"state": "unread" if scan.outcome else "reading", "reason": scan.told}
            for name, scan in found.items()
            if not scan.complete
        }

    def _connector(self) -> Health:
        from headwater.targets._connect_health import health  # noqa: PLC0415 - requests is heavy

        return health(self._context, self._clock)

    def _quarantined(self) -> dict[str, int]:
        from headwater.lake import quarantine  # noqa: PLC0415 - boto3 is heavy

        return quarantine.counts(self._context.connections.aws)

    def _backlogs(self, names: list[str], states: dict[str, Row]) -> dict[str, Row]:
        prefix = self._context.settings.topic_prefix
        named = {topic_of(f"{prefix}.{name}"): name for name in names}
        offsets = {
            topic: int(states.get(name, {}).get("applied_offset") or 0)
            for topic, name in named.items()
        }
        with Topics(self._context.connections.kafka) as topics:
            found = topics.backlogs(offsets)
            beat = topics.newest_ms(heartbeat_topic(prefix))
        now = self._clock()
        return {
            named[topic]: {
                "topic_end": backlog.end_offset,
                "pending": backlog.pending,
                "freshness_s": _age(now, backlog.oldest_ms if backlog.pending else beat),
            }
            for topic, backlog in found.items()
        }


def _age(now: float, then_ms: int | None) -> float | None:
    """Seconds since then: of the oldest change not applied, or of the last heartbeat seen."""
    return None if then_ms is None else round(max(0.0, now - then_ms / 1000), 1)
