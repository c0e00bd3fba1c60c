"""An account with a deployment in it, as far as `headwater --target aws` can see.

moto is AWS where it can be; MySQL, Kafka, MSK Connect, NiFi and Superset are fakes
that keep what they get.
"""

from __future__ import annotations

import json
import re
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import botocore.client
from moto import mock_aws
from moto.athena.models import AthenaBackend, QueryResults

from headwater.cli import main
from headwater.connections import MySql
from headwater.deployment import Deployment
from headwater.feed.load import load_all
from headwater.lake import sql
from headwater.targets import _mysql_tables
from headwater.targets._mysql_tables import SqlTable
from support.aws_deployment import NAME, REGION, output
from support.msk_connect_fake import FakeMskConnect
from support.msk_fake import FakeMsk
from support.nifi_fake import FakeNifi
from support.rds_fake import Server
from support.superset_fake import FakeSuperset
from support.terraform import hcl

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

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
    """What stands behind the command line, and what AWS was asked.

    `told` is terraform's output, `keys` are the objects of S3 that were read; `athena` has what
    queries with these words are answered, `queries` are those that were asked.
    """

    told: dict[str, Any]
    mysql: Server = field(default_factory=Server)
    connect: FakeMskConnect = field(default_factory=FakeMskConnect)
    nifi: FakeNifi = field(default_factory=FakeNifi)
    superset: FakeSuperset = field(default_factory=FakeSuperset)
    athena: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    queries: list[str] = field(default_factory=list)
    kafka: FakeMsk = field(default_factory=FakeMsk)
    asked: set[str] = field(default_factory=set)
    secrets: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)


@contextmanager
def inhabited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A project in `tmp_path`, and a terraform that tells of the deployment."""
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
        told = deployed()
        terraform = tmp_path / "bin" / "terraform"
        terraform.parent.mkdir()
        terraform.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(told)}\nEND\n")
        terraform.chmod(0o755)
        monkeypatch.setenv("PATH", f"{terraform.parent}:/usr/bin:/bin")
        found = World(told)
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
    monkeypatch.setattr("kafka.KafkaConsumer", world.kafka.consumer)
    monkeypatch.setattr("headwater.targets.nifi.NifiApi", lambda *_: world.nifi)
    monkeypatch.setattr("headwater.targets.superset.SupersetApi", lambda *_: world.superset)
    let_athena_answer(world, monkeypatch)
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
        if operation == "GetObject":
            world.keys.add(arguments["Key"])
        return call(self, operation, arguments)

    monkeypatch.setattr(base, "_make_api_call", heard)


def let_athena_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """No query is run by moto; the deployment's work group answers what the world says."""

    def results(backend: AthenaBackend, query_id: str) -> QueryResults:
        execution = backend.executions[query_id]
        if execution.workgroup is None or execution.workgroup.name != NAME:
            return QueryResults([], [])
        world.queries.append(execution.query)
        rows = next((rows for words, rows in world.athena.items() if words in execution.query), [])
        return as_results(rows)

    monkeypatch.setattr(AthenaBackend, "get_query_results", results)
    monkeypatch.setattr("headwater.lake.sql.AWS_POLL", 0.01)
    sql._connection.cache_clear()


def as_results(rows: list[tuple[str, ...]]) -> QueryResults:
    """Texts as Athena gives them: behind a row of headings."""
    names = [f"_col{number}" for number in range(len(rows[0]))] if rows else []
    lines = [{"Data": [{"VarCharValue": text} for text in row]} for row in (names, *rows)]
    kind: dict[str, Any] = {"Type": "varchar", "Precision": 9, "Scale": 0, "Nullable": "UNKNOWN"}
    return QueryResults(lines, [{"Name": name, **kind} for name in names])


def run(*arguments: str) -> int:
    return main._run(["--target", "aws", *arguments], debug=False)


ACTIONS = {
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "monitoring:PutMetricData": "cloudwatch:PutMetricData",
}
"""What IAM calls operations where it has another name for them."""


def needed(world: World) -> set[str]:
    """What IAM calls all that was asked."""
    asked = {ACTIONS.get(call, call) for call in world.asked}
    return asked | {f"kafkaconnect:{operation}" for operation in world.connect.told}


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
