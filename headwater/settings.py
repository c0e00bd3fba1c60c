"""All settings as one typed model, and where each value came from.

Precedence: command-line flag > environment > `.env` > `headwater.yaml` > default. The environment
name of `kafka.bootstrap_servers` is `HEADWATER_KAFKA__BOOTSTRAP_SERVERS`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from headwater.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PREFIX = "HEADWATER_"
FILE_NAME = "headwater.yaml"
RECORD_NAME = "started-with.yaml"
_RECORDED = {"source", "ports", "simulator_aircraft", "simulator_seed"}


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ports(_Section):
    """Loopback ports of the local stack; `offset` is added to every one of them."""

    offset: int = Field(
        0, description="added to every port, to run a second stack beside the first"
    )
    mysql: int = Field(13306, description="MySQL")
    kafka: int = Field(19092, description="Kafka broker")
    kafka_controller: int = Field(19093, description="Kafka controller (KRaft)")
    connect: int = Field(18083, description="Kafka Connect REST")
    nifi: int = Field(18080, description="NiFi web and REST")
    nifi_management: int = Field(18081, description="NiFi management server")
    s3: int = Field(19000, description="S3 server")
    glue: int = Field(15000, description="Glue API")
    trino: int = Field(18085, description="Trino, the local SQL engine")
    athena: int = Field(15001, description="Athena API")
    simulator: int = Field(18090, description="simulated source APIs")
    site: int = Field(18000, description="live map page")
    superset: int = Field(18088, description="Superset")
    recorder: int = Field(18091, description="the recorder's /metrics, for Prometheus")

    def port(self, name: str) -> int:
        """The effective port of a service."""
        return int(getattr(self, name)) + self.offset


class Aws(_Section):
    """Names that are the same locally and on AWS."""

    region: str = Field("us-east-1", description="AWS region")
    bucket: str = Field("headwater-lake", description="bucket of lake, raw zone and query results")
    workgroup: str = Field("primary", description="Athena workgroup")
    environment: str = Field(
        "dev", description="folder of terraform/environments that `--target aws` means"
    )
    deployment: str = Field(
        "",
        description="terraform's output `headwater` as JSON, for where no terraform is",
    )


class OpenSky(_Section):
    """An OpenSky account (OAuth2 client credentials); without one the simulator is the source."""

    client_id: str = Field("", description="OAuth2 client id of an OpenSky account")
    client_secret: SecretStr = Field(SecretStr(""), description="its client secret")


class Settings(_Section):
    """Everything that can be set, with its default."""

    data_dir: Path = Field(Path(".headwater"), description="state of the local stack")
    cache_dir: Path = Field(
        Path("~/.cache/headwater"), description="downloads, shared by all checkouts of a user"
    )
    target: Literal["local", "aws"] = Field(
        "local", description="what commands are about: the local stack, or a deployment on AWS"
    )
    hosts: Literal["loopback", "names"] = Field(
        "loopback", description="where servers are: on loopback, or each at its name, in containers"
    )
    source: str = Field(
        "auto", pattern="^(auto|live|sim|replay:.+)$", description="auto, live, sim or replay:FILE"
    )
    database: str = Field("final", description="MySQL schema and lake database of the feeds")
    topic_prefix: str = Field("headwater", description="prefix of the Kafka topics")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="verbosity of our own processes"
    )
    simulator_aircraft: int = Field(60, description="aircraft that the simulator keeps flying")
    simulator_seed: int = Field(1, description="seed of the simulated traffic")
    query_seconds: int = Field(
        0,
        ge=0,
        description="how long a query may run, for what it reads stays so long; 0: 120 locally, "
        "900 on AWS",
    )
    ports: Ports = Ports()
    aws: Aws = Aws()
    opensky: OpenSky = OpenSky()

    @property
    def kept_seconds(self) -> int:
        """`query_seconds`, or the target's."""
        return self.query_seconds or {"local": 120, "aws": 900}[self.target]


Origins = dict[str, str]


def load(
    flags: Mapping[str, Any] | None = None,
    *,
    root: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> tuple[Settings, Origins]:
    """Read every place a setting can come from; returns the settings and the origin of each value.

    `flags` uses dotted names (`ports.offset`); a None value counts as not given. What a running
    stack was started with (see `record`) counts before the files, so that a second terminal
    reaches it without repeating its flags.
    """
    root = root or Path.cwd()
    environ = os.environ if environ is None else environ
    layers = [
        (f"file {FILE_NAME}", _from_file(root / FILE_NAME)),
        ("file .env", _from_environ(_read_dotenv(root / ".env"))),
        ("environment", _from_environ(environ)),
        ("flag", {k: v for k, v in (flags or {}).items() if v is not None}),
    ]
    settings, _ = _merge(layers, root)
    running = _from_file(settings.data_dir / RECORD_NAME)
    return _merge([*layers[:2], ("running stack", running), *layers[2:]], root)


def record(settings: Settings) -> None:
    """Leave what a stack is started with in its data folder, for the other commands."""
    path = settings.data_dir / RECORD_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    shared = settings.model_dump(include=_RECORDED, mode="json")
    path.write_text(yaml.safe_dump(shared, sort_keys=True))


def _merge(layers: list[tuple[str, dict[str, Any]]], root: Path) -> tuple[Settings, Origins]:
    merged: dict[str, Any] = {}
    origins: Origins = {}
    for origin, values in layers:
        for name, value in values.items():
            merged[name] = value
            origins[name] = origin
    try:
        settings = Settings.model_validate(_nest(merged))
    except ValidationError as error:
        raise _config_error(error, origins) from error
    return _absolute(settings, root), origins


def names() -> Iterator[tuple[str, Any, str]]:
    """Every setting as (dotted name, default, description)."""
    for name, field in Settings.model_fields.items():
        default = field.default
        if isinstance(default, _Section):
            for inner, sub in type(default).model_fields.items():
                yield f"{name}.{inner}", sub.default, sub.description or ""
        else:
            yield name, default, field.description or ""


def value_of(settings: Settings, name: str) -> Any:  # noqa: ANN401 - settings are of many types
    """The value of a dotted setting name."""
    value: Any = settings
    for part in name.split("."):
        value = getattr(value, part)
    return value


def env_name(name: str) -> str:
    """The environment variable of a dotted setting name."""
    return PREFIX + name.upper().replace(".", "__")


def _from_environ(environ: Mapping[str, str]) -> dict[str, str]:
    known = {env_name(name): name for name, _, _ in names()}
    found = {}
    for variable, value in environ.items():
        if not variable.startswith(PREFIX):
            continue
        if variable not in known:
            raise ConfigError(
                f"unknown setting {variable}",
                remedy="`headwater config show` lists every setting; unset the variable",
            )
        found[known[variable]] = value
    return found


def _from_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    content = yaml.safe_load(path.read_text()) or {}
    if not isinstance(content, dict):
        raise ConfigError(f"{path}: expected a mapping, found {type(content).__name__}")
    return dict(_flatten(content))


def _flatten(content: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in content.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _nest(flat: Mapping[str, Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for name, value in flat.items():
        *path, last = name.split(".")
        place = nested
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return nested


def _read_dotenv(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = (line.strip() for line in path.read_text().splitlines())
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {key.strip(): value.strip().strip("\"'") for key, value in pairs}


def _absolute(settings: Settings, root: Path) -> Settings:
    data_dir = root / settings.data_dir.expanduser()
    return settings.model_copy(
        update={"data_dir": data_dir.resolve(), "cache_dir": settings.cache_dir.expanduser()}
    )


def _config_error(error: ValidationError, origins: Origins) -> ConfigError:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    origin = origins.get(name, "default")
    return ConfigError(
        f"setting {name} (from {origin}) is {first.get('input')!r}: {first['msg']}",
        remedy=f"set {env_name(name)}, or `{name}` in {FILE_NAME}; see `headwater config show`",
    )
