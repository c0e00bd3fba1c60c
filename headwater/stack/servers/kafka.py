"""Kafka (one broker, KRaft) and Kafka Connect with Debezium and our wire converter."""

from __future__ import annotations

import base64
import shutil
import subprocess
import uuid
from typing import TYPE_CHECKING

from headwater.errors import ServiceError
from headwater.stack import probes
from headwater.stack.service import Service, Site
from headwater.stack.unpack import link_or_copy

if TYPE_CHECKING:
    from pathlib import Path

# Fast to start and quiet when idle; TieredStopAtLevel=1 would halve Connect's throughput.
_JVM = (
    "-XX:+UseSerialGC",
    "-Xshare:auto",
    "-Djava.awt.headless=true",
    "--enable-native-access=ALL-UNNAMED",
)


def kafka(site: Site) -> Service:
    """The log between source and lake."""
    folder = site.data.of("kafka")
    return Service(
        name="kafka",
        components=("jdk25", "kafka"),
        command=(
            *_java(site, folder, "512m", *site.shared_classes("kafka", "kafka")),
            "kafka.Kafka",
            str(folder / "server.properties"),
        ),
        env=site.base_env(),
        cwd=folder,
        ports=site.ports("kafka", "kafka_controller"),
        groups=("pipeline", "all"),
        prepare=lambda: prepare_kafka(site),
        probe=lambda: probes.kafka_answers(site.connections.kafka.bootstrap_servers),
        memory_mb=800,
        stop_grace=30.0,
    )


def prepare_kafka(site: Site) -> None:
    """Write the configuration and, the first time, format the storage."""
    configure_kafka(site)
    if not (site.data.of("kafka") / "logs" / "meta.properties").exists():
        _format(site)


def configure_kafka(site: Site) -> None:
    """Write the configuration."""
    folder = site.data.of("kafka")
    logs = folder / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    site.render("log4j2.properties", folder / "log4j2.properties")
    site.render(
        "kafka.properties",
        folder / "server.properties",
        bind=site.bind,
        host=site.host("kafka"),
        port=site.port("kafka"),
        controller_port=site.port("kafka_controller"),
        log_dir=logs,
    )


def format_command(site: Site) -> tuple[str, ...]:
    """How the storage of a new broker is made."""
    folder = site.data.of("kafka")
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    tool = (*_java(site, folder, "128m", "-XX:TieredStopAtLevel=1"), "kafka.tools.StorageTool")
    how = ("--ignore-formatted", f"--cluster-id={cluster}", "-c", str(folder / "server.properties"))
    return (*tool, "format", *how)


def _format(site: Site) -> None:
    done = subprocess.run(
        format_command(site),
        env=site.base_env(),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise ServiceError(
            f"Kafka's storage could not be formatted: {(done.stderr or done.stdout)[-300:]}",
            remedy=f"is {site.data.of('kafka')} writable, and the disk not full?",
        )


def connect(site: Site) -> Service:
    """Kafka Connect, which runs Debezium."""
    folder = site.data.of("connect")
    main = "org.apache.kafka.connect.cli.ConnectDistributed"
    return Service(
        name="connect",
        components=("jdk25", "kafka", "debezium", "wire"),
        command=(
            *_java(site, folder, "768m", *site.shared_classes("connect", "kafka")),
            main,
            str(folder / "worker.properties"),
        ),
        env=site.base_env(),
        cwd=folder,
        ports=site.ports("connect"),
        depends_on=("kafka",),
        groups=("pipeline", "all"),
        prepare=lambda: prepare_connect(site),
        probe=lambda: probes.http_ok(site.url("connect", "/connectors")),
        memory_mb=1100,
        stop_grace=20.0,
    )


def prepare_connect(site: Site) -> None:
    """Render the worker file: the project's `debezium/worker.properties`, or our plain one."""
    folder = site.data.of("connect")
    secrets = folder / "secrets"  # what connectors refer to by `${file:...}`
    secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
    own = site.project.debezium / "worker.properties"
    site.render("log4j2.properties", folder / "log4j2.properties")
    site.render(
        own if own.exists() else "connect.properties",
        folder / "worker.properties",
        bootstrap_servers=site.connections.kafka.bootstrap_servers,
        bind=site.bind,
        host=site.host("connect"),
        port=site.port("connect"),
        plugin_path=_plugins(site, folder / "plugins"),
        replication_factor=1,
        secrets_dir=secrets,
    )


def _plugins(site: Site, folder: Path) -> Path:
    """Debezium's jars with our converter among them: it also holds classes that Debezium loads."""
    shutil.rmtree(folder, ignore_errors=True)
    plugin = folder / "debezium-connector-mysql"
    plugin.mkdir(parents=True)
    for component in ("debezium", "wire"):
        for jar in (site.home(component) / "plugins").rglob("*.jar"):
            link_or_copy(jar, plugin / jar.name)
    return folder


def _java(site: Site, folder: Path, heap: str, *options: str) -> tuple[str, ...]:
    logging = f"-Dlog4j2.configurationFile={folder / 'log4j2.properties'}"
    memory = ("-Xms64m", f"-Xmx{heap}")
    classes = ("-cp", str(site.home("kafka") / "libs" / "*"))
    return (site.java(25), *memory, *_JVM, *options, logging, *classes)
