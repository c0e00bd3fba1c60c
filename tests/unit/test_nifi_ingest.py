from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self, cast
from urllib.parse import parse_qs, urlsplit

import pymysql
import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from headwater.feed.load import load
from headwater.ingest import backoff, rawzone, statements
from headwater.ingest.verdict import Answer, Verdict, judge
from headwater.ingest.writer import Purge, Writer

if TYPE_CHECKING:
    from headwater.feed.spec import FeedSpec

FETCHED = datetime(2026, 11, 22, 10, 59, 17, 664_999, UTC)
STATE = [
    "4b1815", "SWR1    ", "Switzerland", 1795345150, 1795345151, 8.5, 47.4, 9144, False,
    230.5, 90, 0, None, 9200.5, "1000", False, 0, 1,
]  # fmt: skip
ANSWER = Answer(
    response_id="00000000-0000-4000-8000-000000000000",
    feed="flights",
    fetched_at=FETCHED,
    url="https://example.test/states",
    source="simulator",
    status=200,
    size=100,
    sha256="ab" * 32,
    raw_key="raw/flights/x.gz",
)


@pytest.fixture(scope="module")
def spec() -> FeedSpec:
    return load(Path(__file__).resolve().parents[2] / "feeds" / "flights.yaml").spec()


def _unread() -> NoReturn:
    raise AssertionError("the body was read")


def test_a_good_body_becomes_rows(spec: FeedSpec) -> None:
    body = json.dumps({"time": 1795345157, "states": [STATE]}).encode()
    verdict = judge(spec, ANSWER, lambda: body)
    assert (verdict.outcome, verdict.error) == ("applied", None)
    assert (verdict.rows_applied, verdict.rows_rejected) == (2, 0)
    assert verdict.fetched_at == "2026-11-22 10:59:17.664"
    [row] = verdict.tables["flights"]
    assert row[0:2] == ["4b1815", "SWR1"]
    assert Verdict.from_json(verdict.to_json()) == verdict


def test_rejected_records_are_counted_and_the_first_is_told(spec: FeedSpec) -> None:
    broken = [*STATE[:4], "yesterday", *STATE[5:]]
    body = json.dumps({"time": 1795345157, "states": [STATE, broken]}).encode()
    verdict = judge(spec, ANSWER, lambda: body)
    assert verdict.outcome == "applied"
    assert len(verdict.tables["flights"]) == 1
    assert verdict.rows_rejected >= 1
    assert "last_contact" in (verdict.error or "")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>", "HTML"),
        (b'{"time": 1, "states": [', "not JSON"),
        (b'{"time": "x", "states": []}', "not accepted"),
        (b"", "empty"),
    ],
)
def test_a_body_that_cannot_be_used_is_rejected(spec: FeedSpec, body: bytes, words: str) -> None:
    verdict = judge(spec, ANSWER, lambda: body)
    assert (verdict.outcome, verdict.rows_applied, verdict.tables) == ("rejected", 0, {})
    assert words in (verdict.error or "")


def test_a_body_that_is_too_large_is_never_read(spec: FeedSpec) -> None:
    verdict = judge(spec, replace(ANSWER, size=spec.max_body + 1), _unread)
    assert verdict.outcome == "rejected"
    assert str(spec.max_body) in (verdict.error or "")


@pytest.mark.parametrize("status", [301, 400, 401, 404, 500, 503])
def test_another_status_failed(spec: FeedSpec, status: int) -> None:
    verdict = judge(spec, replace(ANSWER, status=status), _unread)
    assert (verdict.outcome, verdict.status, verdict.error) == ("failed", status, f"HTTP {status}")


def test_no_answer_failed_with_its_reason(spec: FeedSpec) -> None:
    gone = replace(ANSWER, status=None, failure="ConnectException: refused")
    verdict = judge(spec, gone, _unread)
    assert (verdict.outcome, verdict.status) == ("failed", None)
    assert verdict.error == "ConnectException: refused"


def test_an_api_that_asks_to_wait_is_obeyed(spec: FeedSpec) -> None:
    headers = {"x-rate-limit-retry-after-seconds": "90"}
    limited = replace(ANSWER, status=429, headers=headers)
    verdict = judge(spec, limited, _unread, "X-Rate-Limit-Retry-After-Seconds")
    assert (verdict.outcome, verdict.retry_at) == ("backoff", "2026-11-22 11:00:47.664")
    assert judge(spec, replace(ANSWER, status=429), _unread).outcome == "backoff"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("5", 5), ("0.5", 0.5), ("-3", 0), ("999999999", backoff.LONGEST.total_seconds()),
     (format_datetime(FETCHED.replace(microsecond=0) + timedelta(seconds=60)), 59.335001)],
)  # fmt: skip
def test_waiting_times_are_seconds_or_dates(value: str, seconds: float) -> None:
    moment = backoff.retry_at(503, {"Retry-After": value}, None, FETCHED)
    assert moment == FETCHED + timedelta(seconds=seconds)


@pytest.mark.parametrize("value", ["", "soon", "1e999", "nan"])
def test_a_header_that_says_nothing_asks_for_nothing(value: str) -> None:
    assert backoff.retry_at(429, {"Retry-After": value}, None, FETCHED) is None


def test_only_busy_answers_ask_to_wait() -> None:
    assert backoff.retry_at(200, {"Retry-After": "5"}, None, FETCHED) is None
    assert backoff.retry_at(None, {"Retry-After": "5"}, None, FETCHED) is None


def test_the_upload_is_signed_as_aws_signs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = rawzone.Bucket("http://127.0.0.1:19000", "eu-west-1", "lake", "AKID", "sec/ret")
    key = rawzone.key("flights", FETCHED, "ab" * 32)
    ours = rawzone.signed_put(bucket, key, FETCHED)
    assert key == f"raw/flights/2026-11-22/10/{'ab' * 32}.gz"
    request = AWSRequest("PUT", ours.partition("?")[0])
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda *_: FETCHED)
    signer = S3SigV4QueryAuth(
        Credentials("AKID", "sec/ret"), "s3", "eu-west-1", expires=rawzone.VALID_FOR_S
    )
    signer.add_auth(request)
    assert parse_qs(urlsplit(ours).query) == parse_qs(urlsplit(str(request.url)).query)
    assert "sec/ret" not in repr(bucket)


def test_what_the_guard_reads_is_assigned_last(spec: FeedSpec) -> None:
    sql = statements.insert_rows(spec.tables[0], 2)
    assigned = re.findall(r"`(\w+)` = (IF|GREATEST)\(", sql)
    assert assigned[-2:] == [("last_contact", "IF"), ("polled_at", "GREATEST")]
    assert {how for _, how in assigned[:-1]} == {"IF"}
    assert {name for name, _ in assigned} == set(spec.tables[0].column_names) - {"icao24"}
    new, own = (
        "new.`last_contact`, new.`polled_at`",
        "`flights`.`last_contact`, `flights`.`polled_at`",
    )
    guard = f"({new}) >= ({own})"
    assert sql.count(guard) == len(assigned) - 1
    history = statements.insert_rows(spec.tables[1], 1)
    assert history.endswith("UPDATE `icao24` = `flight_positions`.`icao24`")


class FakeConnection:
    """Answers with the affected rows that a test names; `error` is raised by row statements."""

    def __init__(self, affected: int = 1, error: Exception | None = None) -> None:
        self.statements: list[str] = []
        self.affected = affected
        self.error = error

    def cursor(self) -> FakeConnection:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def begin(self) -> None:
        self.statements.append("BEGIN")

    def commit(self) -> None:
        self.statements.append("COMMIT")

    def rollback(self) -> None:
        self.statements.append("ROLLBACK")

    def execute(self, sql: str, parameters: Any = ()) -> int:  # noqa: ARG002 - a driver's own
        self.statements.append(sql.partition(" (")[0])
        if self.error and "INSERT INTO `flights`" in sql:
            raise self.error
        return self.affected


def _writer(connection: FakeConnection, spec: FeedSpec, *purges: Purge) -> Writer:
    return Writer(cast("pymysql.Connection[Any]", connection), spec, purges)


@pytest.fixture
def verdict(spec: FeedSpec) -> Verdict:
    body = json.dumps({"time": 1795345157, "states": [STATE]}).encode()
    return judge(spec, ANSWER, lambda: body)


def test_one_transaction_holds_everything(spec: FeedSpec, verdict: Verdict) -> None:
    connection = FakeConnection()
    purge = Purge("flight_positions", "time_position", 60)
    written = _writer(connection, spec, purge).write(verdict)
    assert (written.repeated, written.gone, written.purged) == (False, 1, 1)
    assert [s.partition(" WHERE")[0] for s in connection.statements[1:]] == [
        "BEGIN",
        "INSERT INTO `api_responses`",
        "INSERT INTO `flights`",
        "INSERT INTO `flight_positions`",
        "DELETE FROM `flights`",
        "DELETE FROM `flight_positions`",
        "COMMIT",
    ]
    assert "STRICT_ALL_TABLES" in connection.statements[0]


def test_a_response_that_is_there_is_not_written_again(spec: FeedSpec, verdict: Verdict) -> None:
    connection = FakeConnection(affected=0)
    assert _writer(connection, spec).write(verdict).repeated
    assert connection.statements[1:] == ["BEGIN", "INSERT INTO `api_responses`", "COMMIT"]


def test_a_failed_response_touches_no_table(spec: FeedSpec) -> None:
    connection = FakeConnection()
    failed = judge(spec, replace(ANSWER, status=500), _unread)
    _writer(connection, spec).write(failed)
    assert connection.statements[1:] == ["BEGIN", "INSERT INTO `api_responses`", "COMMIT"]


def test_rows_that_mysql_refuses_for_good_are_counted_as_rejected(
    spec: FeedSpec, verdict: Verdict
) -> None:
    connection = FakeConnection(error=pymysql.err.DataError(1406, "Data too long"))
    written = _writer(connection, spec).write(verdict)
    assert written.verdict.outcome == "rejected"
    assert (written.verdict.rows_applied, written.verdict.rows_rejected) == (0, 2)
    assert written.verdict.error == "MySQL: Data too long"
    assert connection.statements[-3:] == ["BEGIN", "INSERT INTO `api_responses`", "COMMIT"]
    assert "ROLLBACK" in connection.statements


def test_an_error_that_may_pass_is_raised_after_a_rollback(
    spec: FeedSpec, verdict: Verdict
) -> None:
    connection = FakeConnection(error=pymysql.err.OperationalError(2013, "Lost connection"))
    with pytest.raises(pymysql.err.OperationalError):
        _writer(connection, spec).write(verdict)
    assert connection.statements[-1] == "ROLLBACK"
