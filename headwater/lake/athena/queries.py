"""The operations on queries: start, watch, read, stop."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from headwater.lake.athena import statements
from headwater.lake.athena.executions import SUCCEEDED, TERMINAL, Execution, History
from headwater.lake.athena.protocol import ApiError, Json, invalid, page, required
from headwater.lake.athena.results import ResultStore, read_page

if TYPE_CHECKING:
    from pathlib import Path

    from headwater.lake.athena.runner import Runner
    from headwater.lake.athena.workgroups import WorkGroups

MAX_ROWS = 1000
MAX_QUERY_BYTES = 262_144
_UNSUPPORTED = re.compile(
    r"(?:USE|SET|RESET|CALL|GRANT|REVOKE|DENY|START|COMMIT|ROLLBACK|ANALYZE|REFRESH|COMMENT)\b",
    re.IGNORECASE,
)


class Queries:
    """Athena's query operations."""

    def __init__(
        self, runner: Runner, history: History, store: ResultStore, groups: WorkGroups
    ) -> None:
        self._runner = runner
        self._history = history
        self._store = store
        self._groups = groups

    def start(self, parameters: Json) -> Json:
        """StartQueryExecution."""
        sql = required(parameters, "QueryString")
        if len(sql.encode()) > MAX_QUERY_BYTES:
            raise invalid(f"Query string is longer than {MAX_QUERY_BYTES} bytes")
        if _UNSUPPORTED.match(statements.bare(sql)):
            raise invalid("Queries of this type are not supported")
        context = parameters.get("QueryExecutionContext") or {}
        group = parameters.get("WorkGroup") or self._groups.name
        self._groups.check(group)
        asked = (parameters.get("ResultConfiguration") or {}).get("OutputLocation")
        execution = Execution(
            sql=sql,
            kind=statements.kind_of(sql),
            catalog=(context.get("Catalog") or "awsdatacatalog").lower(),
            database=(context.get("Database") or "default").lower(),
            work_group=group,
            output=self._groups.output(asked),
            parameters=list(parameters.get("ExecutionParameters") or ()),
            token=parameters.get("ClientRequestToken") or "",
        )
        return {"QueryExecutionId": self._runner.submit(execution)}

    def get(self, parameters: Json) -> Json:
        """GetQueryExecution."""
        return {"QueryExecution": self._execution(parameters).as_json()}

    def batch_get(self, parameters: Json) -> Json:
        """BatchGetQueryExecution."""
        found: list[Json] = []
        missing: list[Json] = []
        for query_id in parameters.get("QueryExecutionIds") or ():
            try:
                found.append(self._history.get(query_id).as_json())
            except ApiError as error:
                missing.append(
                    {
                        "QueryExecutionId": query_id,
                        "ErrorCode": error.extra["AthenaErrorCode"],
                        "ErrorMessage": error.message,
                    }
                )
        return {"QueryExecutions": found, "UnprocessedQueryExecutionIds": missing}

    def list(self, parameters: Json) -> Json:
        """ListQueryExecutions, newest first."""
        group = parameters.get("WorkGroup") or self._groups.name
        ids = [execution.id for execution in self._history.newest(group)]
        items, token = page(ids, parameters, 50)
        return {"QueryExecutionIds": items, **token}

    def stop(self, parameters: Json) -> Json:
        """StopQueryExecution."""
        self._runner.stop(self._execution(parameters))
        return {}

    def results(self, parameters: Json) -> Json:
        """GetQueryResults: a page of rows; the first row of a query's result is its header."""
        limit = self._limit(parameters.get("MaxResults"))
        execution = self._execution(parameters)
        if execution.state not in TERMINAL:
            raise invalid(f"Query has not yet finished. Current state: {execution.state}")
        if execution.state != SUCCEEDED:
            raise invalid(
                f"Query did not finish successfully. Final query state: {execution.state}"
            )
        path = self._fetched(execution)
        rows, token = read_page(path, parameters.get("NextToken"), limit, csv=execution.is_csv)
        return {
            "UpdateCount": 0,
            "ResultSet": {
                "Rows": [{"Data": [_datum(value) for value in row]} for row in rows],
                "ResultSetMetadata": {"ColumnInfo": [c.as_json() for c in execution.columns]},
            },
            **({"NextToken": token} if token else {}),
        }

    def runtime_statistics(self, parameters: Json) -> Json:
        """GetQueryRuntimeStatistics: times and sizes, without the stages."""
        execution = self._execution(parameters)
        timeline = execution.statistics()
        stats = execution.stats
        return {
            "QueryRuntimeStatistics": {
                "Timeline": {k: v for k, v in timeline.items() if k != "DataScannedInBytes"},
                "Rows": {
                    "InputRows": int(stats.get("processedRows") or 0),
                    "InputBytes": timeline["DataScannedInBytes"],
                    "OutputRows": execution.rows,
                },
            }
        }

    def _execution(self, parameters: Json) -> Execution:
        return self._history.get(required(parameters, "QueryExecutionId"))

    def _fetched(self, execution: Execution) -> Path:
        try:
            return self._store.fetch(execution.id, execution.location)
        except (ClientError, BotoCoreError) as error:
            raise invalid(f"Could not find results at {execution.location}: {error}") from error

    @staticmethod
    def _limit(asked: object) -> int:
        if asked is None:
            return MAX_ROWS
        if not isinstance(asked, int) or asked < 1:
            raise invalid(f"MaxResults is less than minimum allowed length 1: {asked}")
        if asked > MAX_ROWS:
            raise invalid(f"MaxResults is more than maximum allowed length {MAX_ROWS}")
        return asked


def _datum(value: str | None) -> Json:
    return {} if value is None else {"VarCharValue": value}
