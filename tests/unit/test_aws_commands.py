"""`headwater --target aws` from the command line to AWS: plan, apply, status; what rights it needs.

moto is AWS where it can be; MySQL, MSK Connect, NiFi and Superset are fakes that keep what they
get.
sql and logs also stand in tests/unit/test_aws_cli.py.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import botocore.client
import pytest
from moto import mock_aws

from headwater.cli import main
from headwater.connections import MySql
from headwater.deployment import Deployment
from headwater.errors import ExitCode, ServiceError
from headwater.feed.load import load_all
from headwater.targets import _mysql_tables
from headwater.targets._mysql_tables import SqlTable
from headwater.topics import Topics
from support.aws_deployment import NAME, REGION, output
from support.msk_connect_fake import FakeMskConnect
from support.nifi_fake import FakeNifi
from support.rds_fake import Server
from support.superset_fake import FakeSuperset
from support.terraform import hcl

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
IAM = ROOT / "terraform" / "modules" / "iam"
PACKAGE = {"entry": "main.py", "py_files": [], "jars": [], "conf": {}, "logging": {}}
SECRETS = {
    "admin": "admin",
    "mysql/nifi": "nifi",
    "mysql/debezium": "debezium",
    "mysql/headwater": "headwater",
    "nifi/login": "headwater",
    "superset/login": "admin",
}


@dataclass
class World:
    """What stands behind the command line, and what AWS was asked."""

    mysql: Server = field(default_factory=Server)
    connect: FakeMskConnect = field(default_factory=FakeMskConnect)
    nifi: FakeNifi = field(default_factory=FakeNifi)
    superset: FakeSuperset = field(default_factory=FakeSuperset)
    asked: set[str] = field(default_factory=set)
    secrets: set[str] = field(default_factory=set)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for folder in ("feeds", "sql", "superset", "debezium"):
        ignore = shutil.ignore_patterns("wire", "runtime")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignore)
    (tmp_path / "terraform/environments/dev").mkdir(parents=True)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("HEADWATER_OPENSKY__CLIENT_ID", "somebody")
    monkeypatch.setenv("HEADWATER_OPENSKY__CLIENT_SECRET", "somebody's")
    monkeypatch.setattr("moto.emrserverless.models.JOB_STATUS", "RUNNING")
    monkeypatch.chdir(tmp_path)
    with mock_aws():
        terraform = tmp_path / "bin" / "terraform"
        terraform.parent.mkdir()
        terraform.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(deployed())}\nEND\n")
        terraform.chmod(0o755)
        monkeypatch.setenv("PATH", f"{terraform.parent}:/usr/bin:/bin")
        found = World()
        put_in_place(found, monkeypatch)
        yield found


def deployed() -> dict[str, Any]:
    """Terraform's output, with the secrets, buckets, package and application that it names."""
    told: dict[str, Any] = json.loads(json.dumps(output()))
    secrets = boto3.client("secretsmanager", region_name=REGION)
    for place, user in SECRETS.items():
        content = json.dumps({"username": user, "password": f"password of {user}"})
        arn = secrets.create_secret(Name=f"{NAME}/{place}", SecretString=content)["ARN"]
        part, _, account = place.rpartition("/")
        told[part or "mysql"][f"{account}_secret"] = arn
    s3 = boto3.client("s3", region_name="us-east-1")
    for bucket in (f"{NAME}-lake", f"{NAME}-artifacts"):
        s3.create_bucket(Bucket=bucket)
    body = json.dumps(PACKAGE)
    s3.put_object(Bucket=f"{NAME}-artifacts", Key="streaming/abc/job.json", Body=body)
    emr = boto3.client("emr-serverless", region_name=REGION)
    made = emr.create_application(name=NAME, releaseLabel="emr-7.12.0", type="SPARK")
    told["streaming"]["application_id"] = made["applicationId"]
    role = told["streaming"]["role_arn"]  # moto knows an application only when it has a run
    emr.start_job_run(applicationId=made["applicationId"], executionRoleArn=role, name="another")
    boto3.client("ecs", region_name=REGION).create_cluster(clusterName=NAME)
    return told


def put_in_place(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fakes where moto has nothing, and an ear at every call of boto3."""
    monkeypatch.setattr(MySql, "connect", lambda self, *_, **__: world.mysql.connect(self))
    tables = {table.name: table for table in _mysql_tables.tables(load_all(ROOT / "feeds"))}

    def observe(_: object, database: str) -> dict[str, SqlTable]:
        names = [t.partition(".")[2] for t in world.mysql.tables if t.startswith(f"{database}.")]
        return {name: tables.get(name, SqlTable(name, (), (), ())) for name in names}

    monkeypatch.setattr("headwater.targets._mysql_plan.observe", observe)
    monkeypatch.setattr("headwater.targets.nifi.NifiApi", lambda *_: world.nifi)
    monkeypatch.setattr("headwater.targets.superset.SupersetApi", lambda *_: world.superset)
    real = Deployment.client

    def client(self: Deployment, service: str) -> object:
        return world.connect if service == "kafkaconnect" else real(self, service)

    monkeypatch.setattr(Deployment, "client", client)
    base: Any = botocore.client.BaseClient
    call = base._make_api_call

    def heard(self: Any, operation: str, arguments: dict[str, Any]) -> Any:
        world.asked.add(f"{self.meta.service_model.signing_name}:{operation}")
        if operation == "GetSecretValue":
            world.secrets.add(re.sub(rf"^.*:{NAME}/|-\w+$", "", arguments["SecretId"]))
        return call(self, operation, arguments)

    monkeypatch.setattr(base, "_make_api_call", heard)


def run(*arguments: str) -> int:
    return main._run(["--target", "aws", *arguments], debug=False)


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


def test_status_tells_of_every_part(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def away(*_: object) -> None:
        raise ServiceError("Kafka is in the VPC", remedy="run this there")

    monkeypatch.setattr(Topics, "__init__", away)
    assert run("apply", "--yes") == ExitCode.DONE
    capsys.readouterr()
    assert run("status", "--output", "json") == ExitCode.UNHEALTHY  # NiFi and Superset do not run
    told = json.loads(capsys.readouterr().out)
    services = {row["name"]: row for row in told["services"]}
    assert services["connect"]["state"] == services["job"]["state"] == "ready"
    assert services["nifi"]["message"] == "0 of 1 tasks run"
    assert {row["table"] for row in told["tables"]} >= {"final.flights", "final.api_responses"}
    assert any("Kafka is in the VPC" in error for error in told["errors"])
    assert world.connect.told.count("CreateConnector") == 1


ACTIONS = {
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
}
"""What IAM calls operations of S3."""


def allowed(*documents: str) -> set[str]:
    """The actions of policy documents of modules/iam."""
    found = [r for r in hcl.read(IAM).resources if r.mode == "data" and r.name in documents]
    return {
        action.strip('"')
        for resource in found
        for name, statement in resource.body.blocks
        if name == "statement"
        for action in statement.arguments["actions"]
    }


def test_the_operators_policy_allows_what_the_commands_ask(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise ServiceError("Kafka is in the VPC", remedy="run this there")

    monkeypatch.setattr(Topics, "__init__", away)
    boto3.client("athena", region_name=REGION).create_work_group(Name=NAME, Configuration={})
    logs = boto3.client("logs", region_name=REGION)
    for group in {f"/{NAME}/connect", f"/{NAME}/streaming", f"/{NAME}-nifi"}:
        logs.create_log_group(logGroupName=group)
    world.asked.clear()
    for command in (
        ("plan",),
        ("apply", "--yes"),
        ("status", "--publish"),
        ("sql", "SELECT 1"),
        ("quarantine", "list"),
        ("logs",),
    ):
        run(*command)
    asked = {ACTIONS.get(call, call) for call in world.asked}
    asked |= {f"kafkaconnect:{operation}" for operation in world.connect.told}
    assert len(asked) > 15
    assert asked - allowed("operator", "query") == set()


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
