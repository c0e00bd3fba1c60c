"""The calls that `--target aws` makes: against moto, or checked by botocore's service models."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import ANY, Stubber
from moto import mock_aws

from headwater import cloud
from headwater.clock import Clock
from headwater.connections import Aws
from headwater.deployment import connections, read_secret
from headwater.errors import TargetError
from headwater.lake.files import DOCUMENT
from headwater.lake.sql import query
from headwater.project import Project
from headwater.settings import Settings
from headwater.targets._msk_connect import MskConnectApi
from headwater.targets.base import Context
from headwater.targets.catalog import CatalogTarget
from headwater.targets.emr import ALIVE, PYTHON, EmrTarget
from support.aws_deployment import NAME, REGION, deployment, secret

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
ARN = f"arn:aws:kafkaconnect:{REGION}:123456789012:connector/{NAME}/1"
ANY_STATE = ALIVE | {"CANCELLING", "CANCELLED", "SUCCESS", "FAILED"}
PACKAGE = {
    "entry": "main.py",
    "py_files": ["p.zip"],
    "jars": ["jars/a.jar", "jars/b.jar"],
    "conf": {"spark.sql.session.timeZone": "UTC"},
    "logging": {"rootLogger.level": "warn"},
}


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket=f"{NAME}-lake")
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket=f"{NAME}-artifacts")
        yield


@pytest.fixture
def context() -> Context:
    return Context(Project(ROOT), Settings(), connections(deployment(), secret), [], {})


def test_secrets_are_read_by_their_arn() -> None:
    client = boto3.client("secretsmanager", region_name=REGION)
    content = json.dumps({"username": "nifi", "password": "p", "engine": "mysql"})
    made = client.create_secret(Name="a", SecretString=content)
    assert read_secret(deployment())(made["ARN"]) == {"username": "nifi", "password": "p"}
    with pytest.raises(TargetError, match="no-such"):
        read_secret(deployment())(f"arn:aws:secretsmanager:{REGION}:1:secret:no-such-AbCdEf")


def test_the_document_is_written_to_s3_and_then_as_planned(context: Context) -> None:
    target = CatalogTarget(context)
    assert target.plan()
    target.apply()
    body = boto3.client("s3").get_object(Bucket=f"{NAME}-lake", Key=DOCUMENT)["Body"].read()
    assert json.loads(body) == target.document()
    assert target.plan() == []


def test_a_catalog_location_that_athena_cannot_read_is_planned(context: Context) -> None:
    target = CatalogTarget(context)
    target.apply()
    table = target.document()["tables"][0]
    boto3.client("s3").put_object(
        Bucket=f"{NAME}-lake", Key=f"warehouse/final/{table['table']}/x", Body=b""
    )
    glue = boto3.client("glue", region_name=REGION)
    glue.create_database(DatabaseInput={"Name": "final"})
    (missing,) = target.plan()
    assert missing.action == "create"
    location = f"s3a://{NAME}-lake/warehouse/final/{table['table']}"
    glue.create_table(
        DatabaseName="final",
        TableInput={"Name": table["table"], "StorageDescriptor": {"Location": location}},
    )
    (astray,) = target.plan()
    assert "s3a://" in astray.detail


def test_sql_goes_through_athena_in_the_deployments_work_group(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("headwater.lake.sql.AWS_POLL", 0.01)
    athena = boto3.client("athena", region_name=REGION)
    athena.create_work_group(Name=NAME, Configuration={})
    result = query(Aws(REGION, f"{NAME}-lake", NAME), "SELECT 1", "final")
    assert result.rows == []
    (run,) = athena.list_query_executions(WorkGroup=NAME)["QueryExecutionIds"]
    seen = athena.get_query_execution(QueryExecutionId=run)["QueryExecution"]
    assert seen["QueryExecutionContext"]["Database"] == "final"
    output = seen["ResultConfiguration"]["OutputLocation"]
    assert output.startswith(f"s3://{NAME}-lake/athena-results/")


@pytest.fixture
def job(context: Context, monkeypatch: pytest.MonkeyPatch) -> EmrTarget:
    monkeypatch.setattr("moto.emrserverless.models.JOB_STATUS", "RUNNING")
    emr = boto3.client("emr-serverless", region_name=REGION)
    application = emr.create_application(name=NAME, releaseLabel="emr-7.12.0", type="SPARK")
    # moto knows the application only when it has a run; and this one is not ours
    emr.start_job_run(
        applicationId=application["applicationId"],
        executionRoleArn=deployment().streaming.role_arn,
        name="another",
    )
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.put_object(
        Bucket=f"{NAME}-artifacts", Key="streaming/abc/job.json", Body=json.dumps(PACKAGE)
    )
    made = deployment()
    part = made.streaming.model_copy(update={"application_id": application["applicationId"]})
    made = made.model_copy(update={"streaming": part})
    return EmrTarget(context, made, clock=Clock(lambda: 0.0, lambda _: None))


def test_the_job_is_submitted_once(job: EmrTarget) -> None:
    assert [change.action for change in job.plan()] == ["create"]
    job.apply()
    assert job.plan() == []
    assert job.apply() == []
    assert len(job.runs(ANY_STATE)) == 1


def test_the_job_is_submitted_from_its_package(job: EmrTarget) -> None:
    submit = job.request()["jobDriver"]["sparkSubmit"]
    package = f"s3://{NAME}-artifacts/streaming/abc"
    assert submit["entryPoint"] == f"{package}/main.py"
    assert submit["entryPointArguments"] == ["--config", f"s3://{NAME}-lake/{DOCUMENT}"]
    assert (
        f"--conf spark.jars={package}/jars/a.jar,{package}/jars/b.jar"
        in (submit["sparkSubmitParameters"])
    )
    assert "--conf spark.driver.memory=7447m" in submit["sparkSubmitParameters"]
    assert job.request()["mode"] == "STREAMING"


def test_the_job_runs_on_the_python_of_its_image(job: EmrTarget) -> None:
    parameters = job.request()["jobDriver"]["sparkSubmit"]["sparkSubmitParameters"]
    assert parameters.count(f"PYTHON={PYTHON}") == 3
    image = (ROOT / "docker" / "emr" / "Dockerfile").read_text()
    assert f"install -y {Path(PYTHON).name}" in image
    assert f"PYSPARK_PYTHON={PYTHON}" in image


def test_another_package_ends_the_old_run_first(job: EmrTarget) -> None:
    job.apply()
    (old,) = job.runs(ANY_STATE)
    body = json.dumps({**PACKAGE, "jars": ["jars/new.jar"]})
    boto3.client("s3").put_object(
        Bucket=f"{NAME}-artifacts", Key="streaming/abc/job.json", Body=body
    )
    (change,) = job.apply()
    assert (change.action, change.name) == ("update", old["name"])
    states = {run["name"]: run["state"] for run in job.runs(ANY_STATE)}
    assert states.pop(old["name"]) == "CANCELLED"
    assert list(states) == [job.request()["name"]]


@pytest.fixture
def connect() -> Iterator[tuple[MskConnectApi, Stubber]]:
    client = boto3.client("kafkaconnect", region_name=REGION)
    with Stubber(client) as stub:
        yield MskConnectApi(deployment(), client, Clock(lambda: 0.0, lambda _: None)), stub


def described(stub: Stubber, state: str = "RUNNING", **more: Any) -> None:
    found = {"connectors": [{"connectorName": NAME, "connectorArn": ARN}]}
    stub.add_response("list_connectors", found, {"connectorNamePrefix": NAME})
    answer = {"connectorArn": ARN, "connectorState": state, "currentVersion": "V1", **more}
    stub.add_response(
        "describe_connector",
        {"connectorConfiguration": {"a": "1"}, **answer},
        {"connectorArn": ARN},
    )


def test_a_connector_that_forgets_its_place_is_deleted(
    connect: tuple[MskConnectApi, Stubber],
) -> None:
    api, stub = connect
    described(stub)
    stub.add_response("delete_connector", {"connectorArn": ARN}, {"connectorArn": ARN})
    described(stub, "DELETING")
    stub.add_response("list_connectors", {"connectors": []})
    api.forget(NAME)


def test_a_connector_is_created_with_one_worker(connect: tuple[MskConnectApi, Stubber]) -> None:
    api, stub = connect
    stub.add_response("list_connectors", {"connectors": []})
    expected = {
        "connectorName": NAME,
        "connectorConfiguration": {"a": "1"},
        "capacity": {"provisionedCapacity": {"mcuCount": 1, "workerCount": 1}},
        "kafkaClusterClientAuthentication": {"authenticationType": "IAM"},
        "kafkaClusterEncryptionInTransit": {"encryptionType": "TLS"},
        "kafkaConnectVersion": "3.7.x",
    }
    others = ("kafkaCluster", "logDelivery", "plugins", "workerConfiguration")
    anything = dict.fromkeys((*others, "serviceExecutionRoleArn"), ANY)
    stub.add_response("create_connector", {"connectorArn": ARN}, {**expected, **anything})
    api.put_config("headwater", {"a": "1"})
    stub.assert_no_pending_responses()


def test_a_connector_is_changed_in_place(connect: tuple[MskConnectApi, Stubber]) -> None:
    api, stub = connect
    described(stub)
    assert api.config("headwater") == {"a": "1"}
    described(stub)
    stub.add_response("update_connector", {}, {
        "connectorArn": ARN, "currentVersion": "V1", "connectorConfiguration": {"a": "2"},
        "plugins": ANY, "workerConfiguration": ANY,
    })  # fmt: skip
    api.put_config("headwater", {"a": "2"})
    stub.assert_no_pending_responses()


def test_waiting_ends_with_the_reason_of_a_failure(connect: tuple[MskConnectApi, Stubber]) -> None:
    api, stub = connect
    described(stub, "CREATING")
    described(stub, "FAILED", stateDescription={"code": "NoRole", "message": "role is missing"})
    with pytest.raises(TargetError, match="FAILED: NoRole: role is missing"):
        api.wait_until_running("headwater")


def test_the_slowest_tables_freshness_and_what_waits_are_published() -> None:
    rows: list[dict[str, Any]] = [
        {"topic_end": 9, "freshness_s": 1.5, "pending": 2},
        {"topic_end": 9, "freshness_s": 4.0, "pending": 3},
        {"topic_end": None, "freshness_s": None, "pending": None},  # nothing ever happened in it
    ]
    assert cloud.publish(deployment(), rows) == 4.0
    client = boto3.client("cloudwatch", region_name=REGION)
    metrics = client.list_metrics(Namespace="Headwater")["Metrics"]
    assert {metric["MetricName"] for metric in metrics} == {"FreshnessSeconds", "PendingChanges"}
    watched = (ROOT / "terraform/modules/observability/main.tf").read_text()
    assert all(f'metric = "{metric["MetricName"]}"' in watched for metric in metrics)


def test_silence_says_that_the_freshness_is_unknown() -> None:
    fresh: dict[str, Any] = {"topic_end": 9, "freshness_s": 1.5, "pending": 0}
    without_a_beat = {**fresh, "freshness_s": None}
    without_kafka = dict.fromkeys(fresh)
    assert cloud.publish(deployment(), []) is None
    assert cloud.publish(deployment(), [without_kafka]) is None
    assert cloud.publish(deployment(), [fresh, without_a_beat]) is None
    assert not boto3.client("cloudwatch", region_name=REGION).list_metrics(Namespace="Headwater")[
        "Metrics"
    ]


def test_logs_come_from_the_services_log_groups() -> None:
    client = boto3.client("logs", region_name=REGION)
    for group in deployment().log_groups.values():
        if group not in {g["logGroupName"] for g in client.describe_log_groups()["logGroups"]}:
            client.create_log_group(logGroupName=group)
    group = deployment().log_groups["job"]
    client.create_log_stream(logGroupName=group, logStreamName="s")
    now = cloud._now_ms()
    events = [{"timestamp": now + i, "message": f"line {i}"} for i in range(3)]
    client.put_log_events(logGroupName=group, logStreamName="s", logEvents=events)
    assert list(cloud.logs(deployment(), "job", 2)) == [("job", "line 1"), ("job", "line 2")]


def test_a_source_that_is_not_live_is_refused(context: Context) -> None:
    from headwater import deploy
    from headwater.errors import ConfigError

    with pytest.raises(ConfigError, match="every feed is live"):
        deploy.context(context.project, replace_source("sim"), context.connections)
    local = replace(context.connections, deployment=None)
    assert deploy.context(context.project, replace_source("sim"), local).feeds


def replace_source(source: str) -> Settings:
    return Settings(source=source)
