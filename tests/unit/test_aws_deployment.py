"""A deployment's connections: from terraform's output to every client's own words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from headwater.deployment import connections, parse, read
from headwater.errors import ConfigError
from headwater.project import Project
from headwater.settings import Aws, Settings
from headwater.targets._connect_secret import ManagedSecret
from headwater.targets.base import Context
from headwater.targets.catalog import CatalogTarget
from headwater.targets.connect import ConnectTarget
from support.aws_deployment import deployment, output, secret

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def context() -> Context:
    return Context(Project(ROOT), Settings(), connections(deployment(), secret), [], {})


def test_mysql_is_reached_encrypted_with_the_accounts_of_the_secrets(context: Context) -> None:
    account = context.connections.mysql_debezium
    assert (account.user, account.host) == ("debezium", "mysql.example.internal")
    assert account.password.get_secret_value() == "password of debezium"
    assert account.as_jdbc_url("final").endswith("/final?sslMode=REQUIRED")


def test_kafka_clients_sign_in_with_iam(context: Context) -> None:
    kafka = context.connections.kafka
    assert kafka.as_python()["sasl_mechanism"] == "AWS_MSK_IAM"
    assert kafka.as_java()["security.protocol"] == "SASL_SSL"
    assert set(kafka.as_java("x.")) == {f"x.{name}" for name in kafka.as_java()}


def test_the_connector_is_the_local_one_but_for_where_and_how(context: Context) -> None:
    config = ConnectTarget(context).desired()
    assert config["database.ssl.mode"] == "required"
    assert config["topic.creation.default.replication.factor"] == "3"
    assert config["exactly.once.support"] == "requested"
    assert config["database.password"] == "${secretsManager:headwater-dev/mysql/debezium:password}"
    for part in ("producer", "consumer"):
        assert config[f"schema.history.internal.{part}.sasl.mechanism"] == "AWS_MSK_IAM"
    assert not any("password of" in value for value in config.values())


def test_the_secret_needs_no_delivery() -> None:
    kept = ManagedSecret("arn:aws:secretsmanager:r:1:secret:a/b-c-AbCdEf")
    assert kept.reference == "${secretsManager:a/b-c:password}"
    assert not kept.differs()
    assert not kept.deliver()


def test_the_job_is_told_to_sign_in_and_of_no_endpoint(context: Context) -> None:
    document = CatalogTarget(context).document()
    assert document["kafka"]["sasl.mechanism"] == "AWS_MSK_IAM"
    assert document["glue"] == {"region": "eu-central-1"}
    assert document["warehouse"] == "s3://headwater-dev-lake/warehouse"


def test_an_output_that_does_not_fit_is_named() -> None:
    broken = {**output(), "kafka": {"bootstrap_servers": "b"}}
    with pytest.raises(ConfigError, match=r"headwater\.kafka\.replication_factor"):
        parse(json.dumps(broken))


def test_an_unknown_environment_is_named_with_those_there_are() -> None:
    with pytest.raises(ConfigError) as raised:
        read(ROOT, Aws(environment="staging"))
    assert "dev, prod" in raised.value.remedy
