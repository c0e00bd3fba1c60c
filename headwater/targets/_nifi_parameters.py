"""The parameters of a feed's flow: what can change without touching the flow, and the secrets."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit, urlunsplit

from pydantic import SecretStr

from headwater.ingest.task_role import UNSET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.connections import Aws, MySql
    from headwater.feed.model import Feed
    from headwater.settings import OpenSky
    from headwater.sources import Source
    from headwater.targets._nifi_parts import Part

_ROUNDS = 100_000
_MARK = "fingerprint "


@dataclass(frozen=True)
class Parameter:
    """One parameter; a sensitive one shows a fingerprint, since NiFi never gives its value back."""

    name: str
    value: str | SecretStr | None
    description: str

    @property
    def sensitive(self) -> bool:
        """Whether NiFi hides the value."""
        return isinstance(self.value, SecretStr)

    def rendered(self) -> Part:
        """For a file: without the secret."""
        part: Part = {
            "name": self.name,
            "description": self.description,
            "sensitive": self.sensitive,
            "provided": False,
        }
        return part if self.sensitive else {**part, "value": self.value}

    def deployed(self) -> Part:
        """For NiFi: with the secret, and with a fingerprint that tells when it has changed."""
        if not isinstance(self.value, SecretStr):
            return {**self.rendered(), "value": self.value}
        secret = self.value.get_secret_value()
        return {
            **self.rendered(),
            "value": secret,
            "description": f"{self.description} ({_MARK}{fingerprint(self.name, secret)})",
        }


def fingerprint(name: str, secret: str) -> str:
    """Short and slow to compute: it tells two secrets apart and helps nobody to guess one."""
    digest = hashlib.pbkdf2_hmac("sha256", secret.encode(), f"headwater {name}".encode(), _ROUNDS)
    return digest.hex()[:8]


@dataclass(frozen=True)
class Surroundings:
    """What a flow is connected with; the simulator's address only where it is the source."""

    source: Source
    simulator_url: str
    mysql: MySql
    database: str
    aws: Aws
    account: OpenSky


def parameters(feed: Feed, around: Surroundings, *, signed_in: bool) -> list[Parameter]:
    """Every parameter of a feed's flow."""
    found = [
        Parameter("every", f"{feed.every} sec", "interval between polls"),
        Parameter("request.url", _source_url(_request_url(feed), around), "what is asked"),
        Parameter("source", around.source, "live, simulator or replay; stands in every response"),
        *_mysql(around.mysql, around.database),
        *_s3(around.aws),
    ]
    auth = feed.request.auth
    if signed_in and auth and auth.token_url:
        secret = around.account.client_secret
        found += [
            Parameter("oauth2.token.url", _source_url(auth.token_url, around), "token endpoint"),
            Parameter("oauth2.client.id", around.account.client_id or "unset", "account"),
            Parameter("oauth2.client.secret", secret, "its secret"),
        ]
    return sorted(found, key=lambda parameter: parameter.name)


def _mysql(mysql: MySql, database: str) -> Sequence[Parameter]:
    return (
        Parameter("mysql.database", database, "schema of the feed's tables"),
        Parameter("mysql.host", mysql.host, "MySQL server"),
        Parameter("mysql.password", mysql.password, "password of mysql.user"),
        Parameter("mysql.port", str(mysql.port), "its port"),
        Parameter("mysql.user", mysql.user, "account that writes the rows"),
    )


def _s3(aws: Aws) -> Sequence[Parameter]:
    endpoint = aws.s3_endpoint or f"https://s3.{aws.region}.amazonaws.com"
    secret = aws.secret_access_key if aws.access_key_id else SecretStr(UNSET)
    return (
        Parameter("s3.access.key.id", aws.access_key_id or UNSET, "may write to raw/"),
        Parameter("s3.bucket", aws.bucket, "bucket of the raw zone"),
        Parameter("s3.endpoint", endpoint, "S3 server"),
        Parameter("s3.region", aws.region, "AWS region"),
        Parameter("s3.secret.access.key", secret, "secret of s3.access.key.id"),
    )


def _request_url(feed: Feed) -> str:
    query = urlencode({name: _text(value) for name, value in feed.request.query.items()})
    return f"{feed.request.url}?{query}" if query else feed.request.url


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _source_url(url: str, around: Surroundings) -> str:
    """The same path and query at the simulator, unless the source is live."""
    if around.source == "live":
        return url
    simulator = urlsplit(around.simulator_url)
    parts = urlsplit(url)
    return urlunsplit(parts._replace(scheme=simulator.scheme, netloc=simulator.netloc))


def context(name: str, found: Sequence[Part]) -> Part:
    """A parameter context as a flow definition holds it."""
    return {
        "name": name,
        "description": "Made by Headwater; its values come from the feed and from the settings.",
        "parameters": list(found),
        "inheritedParameterContexts": [],
        "componentType": "PARAMETER_CONTEXT",
    }
