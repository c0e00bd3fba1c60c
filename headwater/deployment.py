"""A deployment on AWS: what terraform made, and the connections that follow from it.

`terraform output -json headwater` says where everything is; passwords are read from Secrets Manager
when they are needed and kept nowhere.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from headwater.connections import Aws, Connections, Kafka, Login, MySql
from headwater.errors import ConfigError, RequirementError, TargetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from headwater import settings

ENVIRONMENTS = "terraform/environments"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MySqlPart(_Part):
    """RDS, and where the accounts' passwords are."""

    host: str
    port: int
    admin_secret: str
    nifi_secret: str
    debezium_secret: str
    headwater_secret: str


class KafkaPart(_Part):
    """MSK."""

    bootstrap_servers: str
    replication_factor: int


class ConnectPart(_Part):
    """What a connector on MSK Connect is made of."""

    role_arn: str
    plugin_arn: str
    plugin_revision: int
    worker_configuration_arn: str
    worker_configuration_revision: int
    log_group: str
    subnets: list[str]
    security_group: str
    units: int


class StreamingPart(_Part):
    """What a job run on EMR Serverless is made of; memory in GB."""

    application_id: str
    role_arn: str
    package: str
    log_group: str
    kms_key_arn: str
    driver_cores: int
    driver_memory: int
    executors: int
    executor_cores: int
    executor_memory: int


class WebPart(_Part):
    """NiFi or Superset."""

    url: str
    login_secret: str
    log_group: str


class Deployment(_Part):
    """The output `headwater` of terraform/modules/platform."""

    name: str
    region: str
    bucket: str
    workgroup: str
    dashboard: str
    mysql: MySqlPart
    kafka: KafkaPart
    connect: ConnectPart
    streaming: StreamingPart
    nifi: WebPart
    superset: WebPart

    @property
    def log_groups(self) -> dict[str, str]:
        """Service to its log group."""
        return {
            "connect": self.connect.log_group,
            "job": self.streaming.log_group,
            "nifi": self.nifi.log_group,
            "superset": self.superset.log_group,
            "recorder": f"/{self.name}-recorder",
        }

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """A boto3 client in the deployment's region, with the caller's own credentials."""
        import boto3  # noqa: PLC0415 - heavy

        return boto3.client(service, region_name=self.region)  # type: ignore[call-overload]


def read(root: Path, chosen: settings.Aws) -> Deployment:
    """The deployment that the settings tell of, or else terraform."""
    found = parse(chosen.deployment or _output(root, chosen.environment))
    os.environ.setdefault("AWS_DEFAULT_REGION", found.region)  # kafka-python looks there
    return found


def _output(root: Path, environment: str) -> str:
    """Ask terraform for an environment's outputs."""
    folder = root / ENVIRONMENTS / environment
    if not folder.is_dir():
        known = ", ".join(sorted(path.name for path in folder.parent.glob("*")))
        raise ConfigError(f"there is no environment {environment!r}", remedy=f"one of {known}")
    terraform = shutil.which("terraform")
    if terraform is None:
        raise RequirementError(
            "terraform is not on the PATH", remedy="install terraform 1.11 or newer: docs/aws.md"
        )
    done = subprocess.run(
        [terraform, f"-chdir={folder}", "output", "-json", "headwater"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ConfigError(
            f"terraform has no outputs in {folder}: {' '.join(done.stderr.split())[:300]}",
            remedy="`terraform init` and `terraform apply` there first: docs/aws.md",
        )
    return done.stdout


def parse(text: str) -> Deployment:
    """The deployment that an output describes."""
    try:
        return Deployment.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            f"terraform's output headwater.{place}: {first['msg']}",
            remedy="`terraform apply` with the modules of this checkout",
        ) from error


@contextmanager
def asking(service: str) -> Iterator[None]:
    """What AWS refuses, in our words."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - heavy

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise TargetError(
            f"{service}: {error}",
            remedy="are there credentials, with the policy of the output operator_policy_arn?",
        ) from error


Secret = dict[str, str]
_NOBODY: Secret = {"username": "", "password": ""}
"""No server lets it in."""


def read_secret(deployment: Deployment) -> Callable[[str], Secret]:
    """Read a secret of the deployment by its ARN: JSON with username and password."""
    client = deployment.client("secretsmanager")

    def read_one(arn: str) -> Secret:
        with asking(f"secret {arn}"):
            content = json.loads(client.get_secret_value(SecretId=arn)["SecretString"])
        return {key: str(content[key]) for key in ("username", "password")}

    return read_one


def connections(deployment: Deployment, secret: Callable[[str], Secret]) -> Connections:
    """The connections of a deployment; there is no simulator, and Trino is Athena's own."""
    mysql = deployment.mysql

    def account(arn: str) -> MySql:
        found = secret(arn)
        password = SecretStr(found["password"])
        return MySql(found["username"], password, mysql.host, mysql.port)

    login, dashboards = (
        secret(part.login_secret) for part in (deployment.nifi, deployment.superset)
    )
    return Connections(
        mysql_root=account(mysql.admin_secret),
        mysql_nifi=account(mysql.nifi_secret),
        mysql_debezium=account(mysql.debezium_secret),
        mysql=account(mysql.headwater_secret),
        aws=Aws(deployment.region, deployment.bucket, deployment.workgroup),
        kafka=Kafka(
            deployment.kafka.bootstrap_servers, deployment.kafka.replication_factor, iam=True
        ),
        connect_url="",
        nifi_url=deployment.nifi.url,
        trino_url="",
        simulator_url="",
        nifi_login=Login(login["username"], SecretStr(login["password"])),
        superset_url=deployment.superset.url,
        superset_login=Login(dashboards["username"], SecretStr(dashboards["password"])),
        deployment=deployment,
    )


def our_connections(deployment: Deployment, secret: Callable[[str], Secret]) -> Connections:
    """As `connections`, for a process that may read our own account's secret and no other."""
    ours = deployment.mysql.headwater_secret
    return connections(deployment, lambda arn: secret(arn) if arn == ours else _NOBODY)
