"""Connections as typed values, with masked secrets and one converter per foreign format."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

if TYPE_CHECKING:
    import pymysql

    from headwater.deployment import Deployment
    from headwater.secrets import Secrets
    from headwater.settings import Settings

LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - inside a container, whose ports are published on loopback
SUPERSET_ADMIN = "admin"
_HIDDEN = ("MYSQL_PASSWORD", "AWS_SECRET_ACCESS_KEY", "SUPERSET_PASSWORD")
_MSK_HANDLER = "software.amazon.msk.auth.iam.IAMClientCallbackHandler"


@dataclass(frozen=True)
class MySql:
    """One account of a MySQL server; every connection is encrypted.

    Accounts use caching_sha2_password, the only method that is on by default from 8.4 on: it sends
    a password that the server has not seen lately, which needs TLS.
    """

    user: str
    password: SecretStr
    host: str = LOOPBACK
    port: int = 3306

    def as_jdbc_url(self, database: str = "") -> str:
        """For NiFi's connection pool and other JDBC clients (no credentials inside)."""
        return f"jdbc:mysql://{self.host}:{self.port}/{database}?sslMode=REQUIRED"

    def as_debezium(self) -> dict[str, str]:
        """For a Debezium connector's configuration."""
        return {
            "database.hostname": self.host,
            "database.port": str(self.port),
            "database.user": self.user,
            "database.password": self.password.get_secret_value(),
        }

    def connect(self, database: str | None = None, **options: Any) -> pymysql.Connection[Any]:  # noqa: ANN401 - pymysql's own options
        """Open a connection (autocommit, UTC, strict mode, 10 s to connect)."""
        import pymysql  # noqa: PLC0415 - only where a connection is opened

        return pymysql.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password.get_secret_value(),
            database=database,
            **{
                "charset": "utf8mb4",
                "autocommit": True,
                "connect_timeout": 10,
                "ssl": _unverified(),
                "init_command": "SET time_zone = '+00:00'",
                **options,
            },
        )


@cache
def _unverified() -> ssl.SSLContext:
    """Encrypted, but not verified: a local server's authority, and RDS's, are in no trust store."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@dataclass(frozen=True)
class Login:
    """A user name and a password of a web service."""

    user: str
    password: SecretStr


@dataclass(frozen=True)
class Kafka:
    """The brokers; on MSK clients sign in with IAM."""

    bootstrap_servers: str
    replication_factor: int = 1
    iam: bool = False

    def as_python(self) -> dict[str, str]:
        """For kafka-python; the credentials are those of botocore."""
        signing_in = {"security_protocol": "SASL_SSL", "sasl_mechanism": "AWS_MSK_IAM"}
        return {"bootstrap_servers": self.bootstrap_servers, **(signing_in if self.iam else {})}

    def as_java(self, prefix: str = "") -> dict[str, str]:
        """How Java clients sign in (Spark, Debezium), without the brokers' addresses."""
        if not self.iam:
            return {}
        return {
            f"{prefix}security.protocol": "SASL_SSL",
            f"{prefix}sasl.mechanism": "AWS_MSK_IAM",
            f"{prefix}sasl.jaas.config": "software.amazon.msk.auth.iam.IAMLoginModule required;",
            f"{prefix}sasl.client.callback.handler.class": _MSK_HANDLER,
        }


@dataclass(frozen=True)
class Aws:
    """Credentials, region and (locally) the endpoints of the AWS services."""

    region: str
    bucket: str
    workgroup: str
    access_key_id: str = ""
    secret_access_key: SecretStr = field(default_factory=lambda: SecretStr(""))
    s3_endpoint: str | None = None
    glue_endpoint: str | None = None
    athena_endpoint: str | None = None

    def as_environ(self) -> dict[str, str]:
        """For boto3, the AWS SDKs and s3a, as environment variables."""
        values = {
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key.get_secret_value(),
            "AWS_ENDPOINT_URL_S3": self.s3_endpoint or "",
            "AWS_ENDPOINT_URL_GLUE": self.glue_endpoint or "",
            "AWS_ENDPOINT_URL_ATHENA": self.athena_endpoint or "",
        }
        return {name: value for name, value in values.items() if value}

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """A boto3 client of `s3`, `glue` or `athena`."""
        import boto3  # noqa: PLC0415 - heavy, and not every command needs it
        from botocore.config import Config  # noqa: PLC0415

        return boto3.client(
            service,  # type: ignore[call-overload] # the stubs want a literal
            region_name=self.region,
            endpoint_url=getattr(self, f"{service}_endpoint"),
            aws_access_key_id=self.access_key_id or None,
            aws_secret_access_key=self.secret_access_key.get_secret_value() or None,
            config=Config(s3={"addressing_style": "path"} if self.s3_endpoint else {}),
        )

    @property
    def results(self) -> str:
        """Where Athena keeps query results."""
        return f"s3://{self.bucket}/athena-results/"

    @property
    def warehouse(self) -> str:
        """Where the lake's tables are: `<warehouse>/<database>/<table>`."""
        return f"s3://{self.bucket}/warehouse"


@dataclass(frozen=True)
class Connections:
    """Every server of one stack, as this machine reaches it; `deployment` is set on AWS only."""

    mysql_root: MySql
    mysql_nifi: MySql
    mysql_debezium: MySql
    mysql: MySql  # our own account: barriers, verify, signals
    aws: Aws
    kafka: Kafka
    connect_url: str
    nifi_url: str
    trino_url: str
    simulator_url: str
    superset_url: str = ""
    superset_login: Login | None = None
    nifi_login: Login | None = None
    deployment: Deployment | None = None


def host(settings: Settings, service: str) -> str:
    """Where a service of the stack is found."""
    return service if settings.hosts == "names" else LOOPBACK


def bind(settings: Settings) -> str:
    """What a service listens on: loopback, or its container's network."""
    return EVERYWHERE if settings.hosts == "names" else LOOPBACK


def local(settings: Settings, secrets: Secrets) -> Connections:
    """The connections of the local stack, in processes or in containers."""

    def place(name: str) -> str:
        return f"{host(settings, name)}:{settings.ports.port(name)}"

    def url(name: str) -> str:
        return f"http://{place(name)}"

    def account(user: str, password: SecretStr) -> MySql:
        return MySql(user, password, host(settings, "mysql"), settings.ports.port("mysql"))

    return Connections(
        mysql_root=account("root", secrets.mysql_root),
        mysql_nifi=account("nifi", secrets.mysql_nifi),
        mysql_debezium=account("debezium", secrets.mysql_debezium),
        mysql=account("headwater", secrets.mysql_headwater),
        aws=Aws(
            region=settings.aws.region,
            bucket=settings.aws.bucket,
            workgroup=settings.aws.workgroup,
            access_key_id=secrets.aws_access_key_id,
            secret_access_key=secrets.aws_secret_access_key,
            s3_endpoint=url("s3"),
            glue_endpoint=url("glue"),
            athena_endpoint=url("athena"),
        ),
        kafka=Kafka(place("kafka")),
        connect_url=url("connect"),
        nifi_url=url("nifi"),
        trino_url=url("trino"),
        simulator_url=url("simulator"),
        superset_url=url("superset"),
        superset_login=Login(SUPERSET_ADMIN, secrets.superset_admin),
    )


def as_environ(connections: Connections, *, secrets: bool) -> dict[str, str]:
    """Connection settings for a shell; passwords and keys only when asked for."""
    root = connections.mysql_root
    values = {
        "MYSQL_HOST": root.host,
        "MYSQL_PORT": str(root.port),
        "MYSQL_USER": root.user,
        "MYSQL_PASSWORD": root.password.get_secret_value(),
        "KAFKA_BOOTSTRAP_SERVERS": connections.kafka.bootstrap_servers,
        "CONNECT_URL": connections.connect_url,
        "NIFI_URL": connections.nifi_url,
        "TRINO_URL": connections.trino_url,
        "SIMULATOR_URL": connections.simulator_url,
        "SUPERSET_URL": connections.superset_url,
        "S3_BUCKET": connections.aws.bucket,
        **connections.aws.as_environ(),
    }
    if connections.superset_login:
        values["SUPERSET_USER"] = connections.superset_login.user
        values["SUPERSET_PASSWORD"] = connections.superset_login.password.get_secret_value()
    hidden = () if secrets else _HIDDEN
    return {name: value for name, value in values.items() if name not in hidden}
