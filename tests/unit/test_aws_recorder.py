"""The recorder beside a deployment: what a round measures, tells, costs and needs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from pymysql.err import OperationalError

from headwater import settings
from headwater.errors import ExitCode
from headwater.lake.files import DOCUMENT
from headwater.recorder import LAST
from headwater.recorder import __main__ as recorder
from headwater.recorder.prometheus import Newest
from headwater_cdc.state import KEY, TableState
from support.aws_deployment import NAME, REGION
from support.aws_world import IAM, World, allowed, needed, run
from support.terraform import hcl

if TYPE_CHECKING:
    from headwater.targets.base import Context

BEATS = "headwater.headwater.heartbeat"
FLIGHTS = "headwater.final.flights"
NOT_OF_BOTO3 = {"kms:Decrypt"}  # S3 and Secrets Manager ask for it


@pytest.fixture
def context(world: World, monkeypatch: pytest.MonkeyPatch) -> Context:
    """What the task in the deployment reaches: no terraform, no account of OpenSky, no commands."""
    assert run("apply", "--yes") == ExitCode.DONE
    now_ms = int(time.time() * 1000)
    world.kafka.send(BEATS, b"beat", at_ms=now_ms - 2_000)
    for _ in range(5):
        world.kafka.send(FLIGHTS, b"change", at_ms=now_ms - 60_000)
    write_commit()
    for name in ("CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.delenv(f"HEADWATER_OPENSKY__{name}")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("HEADWATER_TARGET", "aws")
    monkeypatch.setenv("HEADWATER_AWS__DEPLOYMENT", json.dumps(world.told))
    for asked in (world.asked, world.secrets, world.keys, world.mysql.said, world.connect.told):
        asked.clear()
    return recorder.reach(settings.load()[0])


def write_commit() -> None:
    """The first commit of flights: three of five changes."""
    state = TableState(FLIGHTS, next_offset=3, last_commit_ms=1500)
    boto3.client("s3", region_name=REGION).put_object(
        Bucket=f"{NAME}-lake",
        Key="warehouse/final/flights/.hoodie/20260101000000000.commit",
        Body=json.dumps({"extraMetadata": {KEY: state.to_json()}}),
    )


def measured(world: World) -> dict[tuple[str, str], float]:
    """(subject, metric) to value, of the rows in MySQL."""
    return {(subject, metric): value for _, subject, metric, value in world.mysql.rows}


def published() -> dict[str, float]:
    """The newest value of each of our metrics in CloudWatch."""
    client = boto3.client("cloudwatch", region_name=REGION)
    found = {}
    for metric in client.list_metrics(Namespace="Headwater")["Metrics"]:
        assert metric["Dimensions"] == [{"Name": "Deployment", "Value": NAME}]
        (point,) = client.get_metric_statistics(
            Namespace="Headwater",
            MetricName=metric["MetricName"],
            Dimensions=metric["Dimensions"],
            StartTime=time.time() - 600,
            EndTime=time.time() + 600,
            Period=3600,
            Statistics=["Maximum"],
        )["Datapoints"]
        found[metric["MetricName"]] = point["Maximum"]
    return found


def test_a_round_is_written_to_mysql_and_told_to_the_alarms(world: World, context: Context) -> None:
    recorder.measure(context, Newest())
    found = measured(world)
    assert found["final.flights", "pending_rows"] == 2
    assert found["final.flights", "applied_rows_total"] == 3
    assert found["final.flights", "freshness_s"] == pytest.approx(60, abs=5)
    assert found["connect", "ready"] == found["job", "ready"] == 1
    assert found["recorder", "ready"] == 0  # moto runs no task
    told = published()
    assert told == {"FreshnessSeconds": pytest.approx(60, abs=5), "PendingChanges": 2}


def test_what_only_processes_have_is_not_measured(world: World, context: Context) -> None:
    recorder.measure(context, Newest())
    assert not {metric for _, metric in measured(world)} & {"memory_mb", "restarts_total"}


def test_no_row_is_counted(world: World, context: Context) -> None:
    """A round costs the same whatever the tables have: MySQL is asked of readings only."""
    recorder.measure(context, Newest())
    said = [" ".join(sql.split()) for sql in world.mysql.said]
    assert [re.sub(r"^.*(FROM|INTO) (\S+).*$", r"\1 \2", sql) for sql in said] == [
        "FROM headwater.scan",
        "INTO headwater.metrics",
        "FROM headwater.metrics",
    ]
    assert not any("COUNT(" in sql.upper() for sql in said)


def test_the_tables_are_those_that_the_job_was_told_of(
    world: World, context: Context, tmp_path: Path
) -> None:
    """The image's declarations may be older than what was applied."""
    for feed in (tmp_path / "feeds").glob("*.yaml"):
        feed.unlink()
    recorder.measure(context, Newest())
    assert ("final.flights", "running") in measured(world)


def test_a_table_whose_name_kafka_does_not_allow_is_measured(
    world: World, context: Context
) -> None:
    entry = {"database": "shop", "table": "order items", "topic": "headwater.shop.order_items"}
    boto3.client("s3", region_name=REGION).put_object(
        Bucket=f"{NAME}-lake", Key=DOCUMENT, Body=json.dumps({"tables": [entry]})
    )
    world.kafka.send(entry["topic"], b"change", at_ms=int(time.time() * 1000) - 90_000)
    recorder.measure(context, Newest())
    assert measured(world)["shop.order items", "freshness_s"] == pytest.approx(90, abs=5)
    assert published()["PendingChanges"] == 1


def test_the_tasks_role_allows_what_a_round_asks_and_nothing_else(
    world: World, context: Context
) -> None:
    recorder.measure(context, Newest())
    rights = {right for right in allowed("recorder") if not right.startswith("kafka-cluster:")}
    assert needed(world) == rights - NOT_OF_BOTO3


def test_the_tasks_role_may_read_the_one_secret_that_a_round_reads(
    world: World, context: Context
) -> None:
    recorder.measure(context, Newest())
    assert world.secrets == {"mysql/headwater"}
    assert resources("secretsmanager:GetSecretValue") == ["${var.secret_arns[mysql/headwater]}"]
    with pytest.raises(OperationalError):
        context.connections.mysql_root.connect()


def test_the_tasks_role_may_read_the_objects_that_a_round_reads(
    world: World, context: Context
) -> None:
    recorder.measure(context, Newest())
    patterns = [place.removeprefix("${var.lake_arn}/") for place in resources("s3:GetObject")]
    assert len(world.keys) > 5
    assert {key for key in world.keys if not any(fnmatch(key, p) for p in patterns)} == set()
    assert {p for p in patterns if not any(fnmatch(key, p) for key in world.keys)} == set()


def resources(action: str) -> list[str]:
    """Of the statement of the recorder's policy that allows an action."""
    (policy,) = (r for r in hcl.read(IAM).resources if r.name == "recorder")
    (found,) = (
        body.arguments["resources"]
        for name, body in policy.body.blocks
        if name == "statement" and f'"{action}"' in body.arguments["actions"]
    )
    return [place.replace('"', "") for place in found]


def test_a_mysql_that_is_away_does_not_silence_the_alarms(world: World, context: Context) -> None:
    world.mysql.away = True
    with pytest.raises(OperationalError):
        recorder.measure(context, Newest())
    assert published()["PendingChanges"] == 2


def test_a_kafka_that_is_away_is_told_by_silence(
    world: World, context: Context, caplog: pytest.LogCaptureFixture
) -> None:
    world.kafka.away = True
    recorder.measure(context, Newest())
    assert published() == {}
    assert ("final.flights", "running") in measured(world)
    assert "nothing is published" in caplog.text
    assert "b-1:9098" in caplog.text


@pytest.mark.usefixtures("context")
def test_after_a_lost_round_everything_is_reached_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(recorder, "EVERY_S", 0.0)
    monkeypatch.setattr(recorder, "AGAIN_S", 0.0)
    rounds: list[Any] = []
    ended = threading.Event()

    def measure(context: Context, _: Newest) -> None:
        rounds.append(context)
        if len(rounds) == 1:
            raise OperationalError(1045, "a password that was changed")
        if len(rounds) == 3:
            ended.set()

    monkeypatch.setattr(recorder, "measure", measure)
    chosen = settings.load()[0].model_copy(update={"data_dir": tmp_path / "data"})
    recorder.record(chosen, Newest(), ended)
    first, second, third = rounds
    assert first is not second
    assert second is third
    assert "this round is lost" in caplog.text
    assert (tmp_path / "data" / "recorder" / LAST).exists()


STUCK = """
import sys, threading, time
from pathlib import Path
from headwater.recorder import __main__ as recorder
from headwater.settings import Settings

recorder.STUCK_S = 0.2
recorder.reach = lambda _: None
recorder.measure = lambda *_: time.sleep(60)
recorder.record(Settings(data_dir=Path(sys.argv[1])), None, threading.Event())
"""


def test_a_round_that_hangs_ends_the_process(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STUCK, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 1
    assert "in record" in done.stderr
