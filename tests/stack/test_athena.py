"""The Athena endpoint as its clients use it: PyAthena, SQLAlchemy, pandas, boto3."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

import pyathena
import pytest
import sqlalchemy
from botocore.exceptions import ClientError
from pyathena.async_cursor import AsyncCursor
from pyathena.cursor import DictCursor
from pyathena.error import DatabaseError, OperationalError
from pyathena.pandas.cursor import PandasCursor
from pydantic import SecretStr

from headwater.errors import QueryError
from headwater.lake.sql import query

if TYPE_CHECKING:
    from support.stack import Stack

pytestmark = pytest.mark.usefixtures("quiet")

LONG = "SELECT count(*) FROM unnest(sequence(1, 10000)) a CROSS JOIN unnest(sequence(1, 10000)) b \
CROSS JOIN unnest(sequence(1, 10000)) c"
VALUES = """
SELECT CAST(1 AS tinyint) t, 2147483647 i, -9223372036854775807 b, DECIMAL '-12345678.90' d,
  CAST('18446744073709551615' AS decimal(20, 0)) u, 0.1e0 f, 'Zürich 😀 "q", \n' s, '' e,
  CAST(NULL AS varchar) n, X'00ff' x, DATE '2026-11-22' dt, true o,
  TIMESTAMP '2026-11-22 10:00:00.123456' ts, ARRAY[1, NULL] a
"""


@pytest.fixture
def client(stack: Stack) -> Any:
    return stack.connections.aws.client("athena")


def connect(stack: Stack, **options: Any) -> Any:
    aws = stack.connections.aws
    return pyathena.connect(
        **{
            "s3_staging_dir": aws.results,
            "region_name": aws.region,
            "schema_name": stack.settings.database,
            "endpoint_url": aws.athena_endpoint,
            "aws_access_key_id": aws.access_key_id,
            "aws_secret_access_key": aws.secret_access_key.get_secret_value(),
            "poll_interval": 0.05,
            **options,
        }
    ).cursor()


def started(client: Any, sql: str) -> str:
    answer = client.start_query_execution(
        QueryString=sql, QueryExecutionContext={"Database": "final"}
    )
    return str(answer["QueryExecutionId"])


def ended(client: Any, query_id: str) -> Any:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        execution = client.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
        if execution["Status"]["State"] not in {"QUEUED", "RUNNING"}:
            return execution
        time.sleep(0.05)
    pytest.fail(f"{query_id} does not end")


def test_every_type_arrives_as_its_value(stack: Stack) -> None:
    cursor = connect(stack)
    cursor.execute(VALUES)
    (row,) = cursor.fetchall()
    assert row == (
        1,
        2147483647,
        -9223372036854775807,
        Decimal("-12345678.90"),
        Decimal(18446744073709551615),
        0.1,
        'Zürich 😀 "q", \n',
        "",
        None,
        b"\x00\xff",
        date(2026, 11, 22),
        True,
        datetime(2026, 11, 22, 10, 0, 0, 123456),  # noqa: DTZ001 - SQL's timestamp has no zone
        [1, None],
    )
    types = [(d[1], d[4], d[5]) for d in cursor.description]
    assert types[3] == ("decimal", 10, 2)
    assert types[10:13] == [("date", 0, 0), ("boolean", 0, 0), ("timestamp", 6, 0)]


def test_a_table_of_the_lake(stack: Stack) -> None:
    cursor = connect(stack, cursor_class=DictCursor)
    cursor.execute("SELECT * FROM flights LIMIT 3")
    rows = cursor.fetchall()
    assert all(isinstance(row["latitude"], Decimal | None) for row in rows)
    assert {"icao24", "last_contact", "_hoodie_commit_time"} <= set(rows[0])


def test_results_of_many_pages_are_complete(stack: Stack) -> None:
    cursor = connect(stack)
    cursor.execute("SELECT n, 'row ' || CAST(n AS varchar) FROM unnest(sequence(1, 5500)) AS t(n)")
    rows = cursor.fetchall()
    assert rows == [(n, f"row {n}") for n in range(1, 5501)]


def test_pandas_reads_the_csv_from_s3(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", stack.connections.aws.s3_endpoint or "")
    cursor = connect(stack, cursor_class=PandasCursor)
    frame = cursor.execute("SELECT 1 a, DECIMAL '1.50' b, 'x,\"y' c").as_pandas()
    assert frame.to_dict("records") == [{"a": 1, "b": Decimal("1.50"), "c": 'x,"y'}]


def test_queries_run_side_by_side(stack: Stack) -> None:
    cursor = connect(stack, cursor_class=AsyncCursor)
    futures = [cursor.execute(f"SELECT {number}")[1] for number in range(20)]
    assert [future.result().fetchone() for future in futures] == [(n,) for n in range(20)]


def test_sqlalchemy_reflects_and_selects(stack: Stack) -> None:
    aws = stack.connections.aws
    engine = sqlalchemy.create_engine(
        f"awsathena+rest://{aws.access_key_id}:"
        f"{quote_plus(aws.secret_access_key.get_secret_value())}"
        f"@athena.{aws.region}.amazonaws.com:443/{stack.settings.database}"
        f"?s3_staging_dir={quote_plus(aws.results)}&poll_interval=0.05"
        f"&endpoint_url={quote_plus(aws.athena_endpoint or '')}"
    )
    assert {"flights", "flight_positions"} <= set(sqlalchemy.inspect(engine).get_table_names())
    table = sqlalchemy.Table("flights", sqlalchemy.MetaData(), autoload_with=engine)
    with engine.connect() as connection:
        (count,) = connection.execute(
            sqlalchemy.select(sqlalchemy.func.count()).select_from(table)
        ).one()
    engine.dispose()
    assert count >= 0


def test_parameters(stack: Stack) -> None:
    cursor = connect(stack)
    cursor.execute("SELECT ? + 1, ?", ["41", "'it''s'"], paramstyle="qmark")
    assert cursor.fetchall() == [(42, "it's")]


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT * FROM nope", "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.final.nope'"),
        ("SELECT nope FROM flights", "COLUMN_NOT_FOUND: line 1:8: Column 'nope' cannot be res"),
        ("SELECT 1 / 0", "DIVISION_BY_ZERO"),
        ("DESCRIBE nope", "FAILED: SemanticException [Error 10001]: Table not found final.nope"),
        ("MSCK REPAIR TABLE flights", "MSCK REPAIR TABLE is not supported for Hudi tables"),
        ("CREATE TABLE t AS SELECT 1", "CREATE TABLE final.t is not supported"),
    ],
)
def test_errors_are_in_athenas_words(stack: Stack, sql: str, words: str) -> None:
    with pytest.raises(OperationalError) as caught:
        connect(stack).execute(sql)
    assert words in str(caught.value)
    with pytest.raises(QueryError) as ours:
        query(stack.connections.aws, sql, "final")
    assert words in ours.value.message


def test_a_malformed_query_is_refused_at_once(stack: Stack) -> None:
    with pytest.raises(DatabaseError, match="line 1:1: mismatched input 'SELEC'"):
        connect(stack).execute("SELEC 1")


def test_a_wrong_secret_is_refused(stack: Stack) -> None:
    wrong = replace(stack.connections.aws, secret_access_key=SecretStr("guessed"))
    with pytest.raises(ClientError, match="InvalidSignatureException"):
        wrong.client("athena").list_work_groups()
    with pytest.raises(QueryError, match="request signature we calculated does not match"):
        query(wrong, "SELECT 1", "final")


def test_a_query_can_be_stopped(client: Any) -> None:
    query_id = started(client, LONG)
    client.stop_query_execution(QueryExecutionId=query_id)
    assert ended(client, query_id)["Status"]["State"] == "CANCELLED"
    with pytest.raises(ClientError, match="Final query state: CANCELLED"):
        client.get_query_results(QueryExecutionId=query_id)


def test_the_same_token_starts_one_query(client: Any) -> None:
    token = "a-token-of-at-least-thirty-two-characters"
    ids = {
        client.start_query_execution(QueryString="SELECT 1", ClientRequestToken=token)[
            "QueryExecutionId"
        ]
        for _ in range(2)
    }
    assert len(ids) == 1


def test_statistics_and_location(client: Any, stack: Stack) -> None:
    execution = ended(client, started(client, "SELECT * FROM flights"))
    assert execution["Status"]["State"] == "SUCCEEDED"
    assert execution["Statistics"]["TotalExecutionTimeInMillis"] > 0
    location = execution["ResultConfiguration"]["OutputLocation"]
    bucket, _, key = location.removeprefix("s3://").partition("/")
    csv = stack.connections.aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    assert csv.startswith(b'"_hoodie_commit_time",')


def test_metadata(client: Any, stack: Stack) -> None:
    found = client.get_table_metadata(
        CatalogName="AwsDataCatalog", DatabaseName="final", TableName="flights"
    )["TableMetadata"]
    types = {column["Name"]: column["Type"] for column in found["Columns"]}
    assert types["icao24"] == "string"
    assert types["last_contact"] == "timestamp"
    assert types["latitude"] == "decimal(8,6)"
    with pytest.raises(client.exceptions.MetadataException, match="EntityNotFoundException"):
        client.get_table_metadata(
            CatalogName="AwsDataCatalog", DatabaseName="final", TableName="nope"
        )
    assert ("flights",) in connect(stack).execute("SHOW TABLES").fetchall()
    described = connect(stack).execute("DESCRIBE flights").fetchall()
    assert [line.split()[0] for (line,) in described][5] == "icao24"


def test_an_unknown_operation_says_so(client: Any) -> None:
    with pytest.raises(ClientError, match="UnknownOperationException"):
        client.create_work_group(Name="other")
