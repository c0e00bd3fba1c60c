"""`headwater --target aws` from the command line to AWS: plan, apply, status; what rights it needs.

sql and logs also stand in tests/unit/test_aws_cli.py.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import boto3
import pytest

from headwater.errors import ExitCode
from support.aws_deployment import NAME, REGION
from support.aws_world import IAM, ROOT, World, allowed, needed, run

if TYPE_CHECKING:
    from pathlib import Path


def planned(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    capsys.readouterr()
    assert run("plan", "--output", "json") == ExitCode.DONE
    found: list[dict[str, str]] = json.loads(capsys.readouterr().out)
    return found


def test_an_empty_account_is_planned_and_applied_once(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    targets = ["rds", "mysql", "connect", "catalog", "job", "nifi", "views", "superset"]
    assert list(dict.fromkeys(change["target"] for change in planned(capsys))) == targets
    assert run("apply", "--yes") == ExitCode.DONE
    assert planned(capsys) == []
    assert world.mysql.hours == "168"
    assert world.mysql.tables >= {"final.flights", "headwater.heartbeat"}
    assert world.connect.kept is not None
    config = world.connect.kept["connectorConfiguration"]
    assert config["database.password"] == f"${{secretsManager:{NAME}/mysql/debezium:password}}"
    assert "flights" in world.nifi.groups
    assert world.superset.imports == 1


def test_a_changed_feed_is_the_only_thing_that_is_applied(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("apply", "--yes") == ExitCode.DONE
    feed = tmp_path / "feeds" / "flights.yaml"
    feed.write_text(feed.read_text().replace("every: 30s", "every: 45s"))
    world.connect.told.clear()
    assert {change["target"] for change in planned(capsys)} == {"nifi"}
    assert run("apply", "--yes") == ExitCode.DONE
    assert "CreateConnector" not in world.connect.told
    assert "UpdateConnector" not in world.connect.told


def test_status_tells_of_every_part(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.kafka.away = True
    assert run("apply", "--yes") == ExitCode.DONE
    capsys.readouterr()
    assert run("status", "--output", "json") == ExitCode.UNHEALTHY  # NiFi and Superset do not run
    told = json.loads(capsys.readouterr().out)
    services = {row["name"]: row for row in told["services"]}
    assert services["connect"]["state"] == services["job"]["state"] == "ready"
    assert services["nifi"]["message"] == "0 of 1 tasks run"
    assert {row["table"] for row in told["tables"]} >= {"final.flights", "final.api_responses"}
    assert any("Kafka at b-1:9098" in error for error in told["errors"])
    assert world.connect.told.count("CreateConnector") == 1


def test_the_operators_policy_allows_what_the_commands_ask(world: World) -> None:
    boto3.client("athena", region_name=REGION).create_work_group(Name=NAME, Configuration={})
    logs = boto3.client("logs", region_name=REGION)
    for group in {f"/{NAME}/connect", f"/{NAME}/streaming", f"/{NAME}-nifi"}:
        logs.create_log_group(logGroupName=group)
    world.asked.clear()
    for command in (
        ("plan",),
        ("apply", "--yes"),
        ("status",),
        ("sql", "SELECT 1"),
        ("quarantine", "list"),
        ("logs",),
    ):
        run(*command)
    assert len(needed(world)) > 15
    assert needed(world) - allowed("operator", "query") == set()


def test_the_jobs_policy_allows_what_it_asks_of_glue() -> None:
    code = (ROOT / "streaming" / "headwater_cdc" / "glue.py").read_text()
    asked = {name[0].upper() + name[1:] for name in re.findall(r"self\._glue\.(\w+)", code)}
    assert len(asked) > 5
    assert {f"glue:{name}" for name in asked} - allowed("streaming") == set()


def test_the_operator_may_read_the_secrets_that_the_commands_read(world: World) -> None:
    assert run("plan") == ExitCode.DONE
    text = (IAM / "operator.tf").read_text()
    listed = re.search(r"operator_accounts = \[([^\]]*)\]", text)
    assert listed is not None
    assert {*re.findall(r'"([^"]+)"', listed[1]), "admin"} == world.secrets
