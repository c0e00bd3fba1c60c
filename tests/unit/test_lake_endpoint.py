"""The endpoint as boto3 sees it, over a made-up engine and folders in place of S3 and Glue."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from headwater.lake.athena.catalog import Catalog
from headwater.lake.athena.engine import EngineError, Page, Trino
from headwater.lake.athena.engine_glue import EngineGlue
from headwater.lake.athena.executions import History
from headwater.lake.athena.operations import Parts, registry
from headwater.lake.athena.queries import Queries
from headwater.lake.athena.results import ResultStore
from headwater.lake.athena.runner import Runner
from headwater.lake.athena.saved import Saved
from headwater.lake.athena.server import Server
from headwater.lake.athena.signature import Verifier
from headwater.lake.athena.values import Column
from headwater.lake.athena.workgroups import WorkGroups
from support.folder_s3 import FolderS3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from headwater.lake.athena.merged import Merged

SECRET = "s3cret"
BIGINT = Column("n", "bigint", {"rawType": "bigint", "arguments": []})
SYNTAX = EngineError("SYNTAX_ERROR", "line 1:1: mismatched input 'selec'. Expecting: 'ALTER'")
MISSING = EngineError("COLUMN_NOT_FOUND", "line 1:8: Column 'x' cannot be resolved")


class FakeStatement:
    """Counts, fails or hangs, as its text says."""

    def __init__(self) -> None:
        self.cancelled = threading.Event()

    def pages(self, sql: str) -> Iterator[Page]:
        yield Page((), [])
        if sql.startswith("selec "):
            raise SYNTAX
        if "x" in sql:
            raise MISSING
        if "hang" in sql:
            yield Page((BIGINT,), [])
            self.cancelled.wait(10)
            raise EngineError("USER_CANCELED", "Query was canceled")
        yield Page(
            (BIGINT,), [[n] for n in range(int(sql.rpartition(" ")[2]))], {"processedRows": 7}
        )

    def cancel(self) -> None:
        self.cancelled.set()


class FakeTrino:
    """Gives statements that need no server."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def statement(self, catalog: str, database: str) -> FakeStatement:
        self.asked.append((catalog, database))
        return FakeStatement()


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Starts endpoints, and gives a client of each."""
    started: list[tuple[Server, Runner]] = []

    def start(trino: Any = None, secret: str = SECRET, **options: Any) -> Any:
        history = History(tmp_path / "history")
        store = ResultStore(FolderS3(tmp_path / "s3"), tmp_path / "spool")
        saved = Saved(tmp_path / "saved.json", "primary")
        groups = WorkGroups("primary", "s3://bucket/results/")
        catalog = Catalog(None)
        runner = Runner(
            cast("Trino", trino or FakeTrino()), catalog, store, history, saved, **options
        )
        queries = Queries(runner, history, store, groups)
        operations = registry(Parts(queries, catalog, groups, saved))
        verifier = Verifier("KEY", SECRET, "us-east-1")
        glue = EngineGlue("", verifier, cast("Merged", None))  # no engine asks here
        server = Server(("127.0.0.1", 0), operations, verifier, glue)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        started.append((server, runner))
        return boto3.client(
            "athena",
            region_name="us-east-1",
            endpoint_url=f"http://127.0.0.1:{server.server_address[1]}",
            aws_access_key_id="KEY",
            aws_secret_access_key=secret,
            config=Config(retries={"max_attempts": 1, "mode": "standard"}),
        )

    yield start
    for server, runner in started:
        runner.close()
        server.shutdown()
        server.server_close()


def run(athena: Any, sql: str, state: str = "SUCCEEDED", **more: Any) -> str:
    query: str = athena.start_query_execution(QueryString=sql, **more)["QueryExecutionId"]
    assert ended(athena, query)["State"] == state
    return query


def ended(athena: Any, query: str) -> Any:
    for _ in range(500):
        status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        if status["State"] not in {"QUEUED", "RUNNING"}:
            return status
        time.sleep(0.01)
    pytest.fail(f"{query} does not end")


def test_a_query_gives_rows_in_pages_and_a_csv(
    endpoint: Callable[..., Any], tmp_path: Path
) -> None:
    trino = FakeTrino()
    athena = endpoint(trino)
    query = run(athena, "SELECT 2500", QueryExecutionContext={"Database": "Final"})
    pages = list(athena.get_paginator("get_query_results").paginate(QueryExecutionId=query))
    rows = [row["Data"][0]["VarCharValue"] for page in pages for row in page["ResultSet"]["Rows"]]
    assert rows == ["n", *map(str, range(2500))]
    assert [len(page["ResultSet"]["Rows"]) for page in pages] == [1000, 1000, 501]
    csv = (tmp_path / "s3" / "bucket" / "results" / f"{query}.csv").read_text()
    assert csv.splitlines()[:2] == ['"n"', '"0"']
    assert trino.asked == [("awsdatacatalog", "final")]
    statistics = athena.get_query_runtime_statistics(QueryExecutionId=query)
    assert statistics["QueryRuntimeStatistics"]["Rows"]["OutputRows"] == 2500


def test_a_malformed_query_is_refused_at_once(endpoint: Callable[..., Any]) -> None:
    athena = endpoint()
    with pytest.raises(athena.exceptions.InvalidRequestException, match="mismatched input") as e:
        athena.start_query_execution(QueryString="selec 1")
    assert e.value.response["AthenaErrorCode"] == "MALFORMED_QUERY"
    assert athena.list_query_executions()["QueryExecutionIds"] == []


def test_a_failure_is_in_athenas_words(endpoint: Callable[..., Any]) -> None:
    athena = endpoint()
    status = ended(athena, run(athena, "SELECT x", "FAILED"))
    assert status["StateChangeReason"] == (
        "COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved "
        "or requester is not authorized to access requested resources"
    )
    assert status["AthenaError"]["ErrorCategory"] == 2


def test_stopping_cancels_in_the_engine(endpoint: Callable[..., Any]) -> None:
    athena = endpoint()
    query = athena.start_query_execution(QueryString="SELECT hang")["QueryExecutionId"]
    with pytest.raises(ClientError, match="Current state: RUNNING"):
        athena.get_query_results(QueryExecutionId=query)
    athena.stop_query_execution(QueryExecutionId=query)
    assert ended(athena, query)["State"] == "CANCELLED"
    athena.stop_query_execution(QueryExecutionId=query)  # stays as it is
    with pytest.raises(ClientError, match="Final query state: CANCELLED"):
        athena.get_query_results(QueryExecutionId=query)


def test_more_queries_than_workers_wait_in_the_queue(endpoint: Callable[..., Any]) -> None:
    athena = endpoint(concurrent=1)
    first = athena.start_query_execution(QueryString="SELECT hang")["QueryExecutionId"]
    second = athena.start_query_execution(QueryString="SELECT 1")["QueryExecutionId"]
    assert athena.get_query_execution(QueryExecutionId=second)["QueryExecution"]["Status"][
        "State"
    ] == ("QUEUED")
    athena.stop_query_execution(QueryExecutionId=first)
    assert ended(athena, second)["State"] == "SUCCEEDED"


def test_without_an_engine_queries_fail_and_the_endpoint_lives(
    endpoint: Callable[..., Any],
) -> None:
    athena = endpoint(Trino("http://127.0.0.1:9"))
    status = ended(athena, run(athena, "SELECT 1", "FAILED"))
    assert "does not answer" in status["StateChangeReason"]
    assert status["AthenaError"]["ErrorCategory"] == 1
    assert athena.list_work_groups()["WorkGroups"][0]["Name"] == "primary"


def test_results_outlive_a_restart(endpoint: Callable[..., Any]) -> None:
    query = run(endpoint(), "SELECT 3")
    rows = endpoint().get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
    assert len(rows) == 4


def test_a_wrong_secret_and_unknown_names(endpoint: Callable[..., Any]) -> None:
    with pytest.raises(ClientError, match="InvalidSignatureException"):
        endpoint(secret="wrong").list_work_groups()
    athena = endpoint()
    with pytest.raises(ClientError, match="UnknownOperationException"):
        athena.create_work_group(Name="other")
    with pytest.raises(ClientError, match="WorkGroup other is not found"):
        athena.start_query_execution(QueryString="SELECT 1", WorkGroup="other")
    with pytest.raises(ClientError, match="not a valid S3 path"):
        athena.start_query_execution(
            QueryString="SELECT 1",
            ResultConfiguration={"OutputLocation": "/tmp"},  # noqa: S108 - refused
        )
    with pytest.raises(ClientError, match="Queries of this type are not supported"):
        athena.start_query_execution(QueryString="USE final")
    with pytest.raises(ClientError, match="MaxResults is more than maximum allowed length 1000"):
        athena.get_query_results(QueryExecutionId="x", MaxResults=1001)


def test_prepared_statements_and_named_queries_are_kept(endpoint: Callable[..., Any]) -> None:
    athena = endpoint()
    run(athena, "PREPARE p FROM SELECT 2")
    assert athena.get_prepared_statement(StatementName="p", WorkGroup="primary")[
        "PreparedStatement"
    ]["QueryStatement"] == ("SELECT 2")
    query = run(athena, "EXECUTE p")
    assert len(athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]) == 3
    run(athena, "DEALLOCATE PREPARE p")
    status = ended(athena, run(athena, "EXECUTE p", "FAILED"))
    assert "PreparedStatement p was not found" in status["StateChangeReason"]
    named = athena.create_named_query(Name="n", Database="final", QueryString="SELECT 1")
    listed = endpoint().list_named_queries()["NamedQueryIds"]
    assert listed == [named["NamedQueryId"]]
