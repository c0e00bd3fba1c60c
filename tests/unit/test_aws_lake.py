"""`headwater --target aws verify` and `quarantine`: Athena, S3, Glue, MySQL, Kafka as on AWS."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import boto3
import pytest

from headwater.errors import ExitCode
from headwater.lake.files import DOCUMENT
from headwater.lake.verify import canonical
from headwater_cdc.quarantine import Kept, file_name
from headwater_cdc.requests import Request
from headwater_cdc.requests import uri_of as request_of
from headwater_cdc.state import KEY, TableState
from support.aws_deployment import NAME, REGION
from support.aws_world import World, allowed, needed, run
from support.beats import FINGERPRINT, SCHEMA, beat

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE, TOPIC = "shop.orders", "headwater.shop.orders"
BEATS = "headwater.headwater.heartbeat"
BUCKET = f"{NAME}-lake"
MOMENT = canonical.moment(canonical.MILLIS)
OLD, NEW = ("1", "2026-01-01 10:00:00.123000"), ("2", "2026-01-02 10:00:00.456000")


@pytest.fixture
def table(world: World) -> World:
    """A MERGE_ON_READ table with two orders, the same in MySQL and in the lake."""
    put(DOCUMENT, {"tables": [
        {"database": "shop", "table": "orders", "topic": TOPIC, "type": "MERGE_ON_READ"}
    ]})  # fmt: skip
    state = TableState(TOPIC, next_offset=2).to_json()
    put("warehouse/shop/orders/.hoodie/20260102100001000.deltacommit", {
        "extraMetadata": {KEY: state}
    })  # fmt: skip
    glue = boto3.client("glue", region_name=REGION)
    glue.create_database(DatabaseInput={"Name": "shop"})
    glue.create_table(
        DatabaseName="shop",
        TableInput={
            "Name": "orders_rt",
            "StorageDescriptor": {
                "Columns": [
                    {"Name": "id", "Type": "int"},
                    {"Name": "placed_at", "Type": "timestamp"},
                ]
            },
        },
    )
    boto3.client("athena", region_name=REGION).create_work_group(Name=NAME, Configuration={})
    world.kafka.send("_headwater.schemas", json.dumps(SCHEMA).encode(), FINGERPRINT.encode())
    for _ in range(2):
        world.kafka.send(TOPIC, b"an order")
    world.mysql.raised = lambda counter: world.kafka.send(BEATS, beat(counter))
    world.mysql.accounts.add("headwater")
    world.mysql.answers = {
        "SELECT column_name, data_type": [("id", "int", 0, 0), ("placed_at", "datetime", 6, 0)],
        "SELECT column_name FROM information_schema.statistics": [("id",)],
        "SELECT COUNT(*)": [(2,)],
        "SELECT MOD(": [(0, 2, 300)],
        "SELECT v0, CAST(CONV(": [("1", 100), ("2", 200)],
        "SELECT CONVERT(": [OLD, NEW],
    }
    world.athena.update({
        "typeof(": [("timestamp(3)",)],
        "SELECT chunk, count(*)": [("0", "2", "0", "300")],
    })  # fmt: skip
    world.asked.clear()
    return world


def put(key: str, content: object) -> None:
    body = content if isinstance(content, str) else json.dumps(content)
    boto3.client("s3", region_name=REGION).put_object(Bucket=BUCKET, Key=key, Body=body)


def is_there(key: str) -> bool:
    listed = boto3.client("s3", region_name=REGION).list_objects_v2(Bucket=BUCKET, Prefix=key)
    return listed["KeyCount"] > 0


def test_verify_compares_what_athena_shows(
    table: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the merged view, and moments to the milliseconds that Athena has."""
    assert run("verify", TABLE, "--output", "json") == ExitCode.DONE
    (report,) = json.loads(capsys.readouterr().out)
    assert (report["mysql_rows"], report["lake_rows"], report["differences"]) == (2, 2, [])
    assert MOMENT.note in str(report["notes"])
    assert all('"shop"."orders_rt"' in query for query in table.queries)
    (summed,) = (sql for sql in table.mysql.said if sql.startswith("SELECT MOD("))
    assert canonical.mysql_text(MOMENT, "placed_at") in summed
    assert needed(table) - allowed("operator", "query") == set()


def test_verify_names_a_row_that_differs_behind_a_barrier(
    table: World, capsys: pytest.CaptureFixture[str]
) -> None:
    table.athena.update({
        "SELECT chunk, count(*)": [("0", "2", "0", "301")],
        "SELECT v0, checksum": [("1", "100"), ("2", "201")],
        "SELECT _hoodie_record_key": [("2", "2", "2026-01-02 10:00:00.789000")],
    })  # fmt: skip
    table.mysql.answers["SELECT CONVERT("] = [NEW]
    assert run("verify", TABLE) == ExitCode.FAILED
    told = capsys.readouterr().err
    assert f"{TABLE} id=2 differs: placed_at: '{NEW[1]}' in MySQL" in told
    assert "next: headwater verify --repair" in told
    assert len(table.kafka.kept[BEATS]) == 2
    assert needed(table) - allowed("operator", "query") == set()


def keep_aside(value: bytes) -> str:
    """A message that could not be applied; where it is kept."""
    place = f"_headwater/quarantine/{TABLE}/{file_name(7)}"
    put(place, Kept(TOPIC, 7, "no such schema", b"rubbish", value, 1_700_000_000_000).to_json())
    return place


def test_quarantine_show_decodes_with_the_schemas_in_msk(
    table: World, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_aside(beat(258))
    table.asked.clear()
    assert run("quarantine", "show", TABLE, "7", "--output", "json") == ExitCode.DONE
    shown = json.loads(capsys.readouterr().out)
    assert (shown["topic"], shown["offset"], shown["reason"]) == (TOPIC, 7, "no such schema")
    assert shown["key"] == b"rubbish".hex(" ")
    assert shown["value"]["after"]["id"] == 1
    assert needed(table) - allowed("operator", "query") == set()


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Request], None]], None]:
    """The job on EMR, which looks at the bucket while the command waits."""

    def answering(answer: Callable[[Request], None]) -> None:
        def look(_: float) -> None:
            body = boto3.client("s3", region_name=REGION).get_object(
                Bucket=BUCKET, Key=request_of("_headwater", TABLE)
            )["Body"]
            answer(Request.from_json(body.read().decode()))

        monkeypatch.setattr("headwater.lake.requests.time.sleep", look)

    return answering


def test_quarantine_replay_asks_the_job_through_the_bucket(
    table: World,
    job: Callable[[Callable[[Request], None]], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    place = keep_aside(beat(1))
    table.asked.clear()

    def applied(request: Request) -> None:
        assert request.action == "replay"
        assert needed(table) - allowed("operator", "query") == set()
        s3 = boto3.client("s3", region_name=REGION)
        for key in (place, request_of("_headwater", TABLE)):
            s3.delete_object(Bucket=BUCKET, Key=key)

    job(applied)
    assert run("quarantine", "replay", TABLE) == ExitCode.DONE
    assert f"{TABLE}: 1 applied, 0 still cannot be" in capsys.readouterr().err


def test_a_replay_that_the_job_cannot_do_is_told_and_forgotten(
    table: World,
    job: Callable[[Callable[[Request], None]], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    keep_aside(beat(1))
    asked = request_of("_headwater", TABLE)
    job(lambda found: put(asked, replace(found, failed="it is paused", remedy="look").to_json()))
    assert run("quarantine", "replay", TABLE) == ExitCode.FAILED
    assert "it is paused" in capsys.readouterr().err
    assert not is_there(asked)
    assert needed(table) - allowed("operator", "query") == set()
