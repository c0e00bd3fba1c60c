"""Debezium's plugin and the wire converter on the Kafka Connect that MSK Connect offers.

A second worker, of Kafka 3.7's jars, with the settings that terraform gives MSK Connect, reads a
table of its own into topics of its own.
"""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
import requests

from headwater.lake.messages import Decoder
from headwater.project import Project
from headwater.stack import components
from headwater.stack.service import Site, fill
from headwater.targets._connect_api import ConnectApi
from headwater.topics import Topics
from support.stack import Stack
from support.waiting import until

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("quiet")]

TERRAFORM = Path(__file__).parents[2] / "terraform" / "modules" / "connect" / "main.tf"
OWN = ("signal", "heartbeat", "notification")
"""Parts of the connector's configuration that belong to the stack's own connector."""


@contextmanager
def worker(stack: Stack, folder: Path, name: str, *, exactly_once: bool) -> Iterator[ConnectApi]:
    """A worker of Kafka 3.7; ends with the block."""
    project = Project(stack.root)
    site = Site(stack.settings, project)
    components.install(["connect37"], stack.settings, project=project)
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    properties = folder / "worker.properties"
    properties.write_text(
        worker_configuration(stack, site, folder, name, port, exactly_once=exactly_once)
    )
    classes = f"{site.home('connect37')}/libs/*"
    main = "org.apache.kafka.connect.cli.ConnectDistributed"
    java = (site.java(17), "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
    log = folder / "worker.log"
    with (
        log.open("w") as output,
        subprocess.Popen([*java, "-cp", classes, main, properties], stderr=output) as process,
    ):
        try:
            wait_for(url, process, log)
            yield ConnectApi(url)
        finally:
            process.terminate()
            process.wait(30)


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the worker's REST is whole: before, it answers 404 to everything."""

    def answers() -> bool:
        assert process.poll() is None, log.read_text()[-3000:]
        return requests.get(f"{url}/connectors", timeout=5).ok

    until(answers, "the worker of Kafka 3.7 answers", forgive=(OSError,))


def worker_configuration(
    stack: Stack, site: Site, folder: Path, name: str, port: int, *, exactly_once: bool
) -> str:
    """What terraform picks of the project's file, and what MSK Connect itself adds."""
    picked = re.search(r'regexall\("(.+?)", line\)', TERRAFORM.read_text())
    assert picked
    template = (stack.root / "debezium" / "worker.properties").read_text()
    lines = [line for line in template.splitlines() if re.search(picked[1], line)]
    assert len(lines) > 5
    plugins = folder / "plugins"
    plugin = plugins / "debezium-connector-mysql"
    plugin.mkdir(parents=True)
    for component in ("debezium", "wire"):
        for jar in (site.home(component) / "plugins").rglob("*.jar"):
            (plugin / jar.name).symlink_to(jar)
    lines += [
        "bootstrap.servers={{bootstrap_servers}}",
        f"group.id={name}",
        f"listeners=http://127.0.0.1:{port}",
        f"plugin.path={plugins}",
        *(f"{kind}.storage.topic=_{name}.{kind}" for kind in ("config", "offset", "status")),
        *(f"{kind}.storage.replication.factor=1" for kind in ("config", "offset", "status")),
        "offset.storage.partitions=1",
        "status.storage.partitions=1",
        "connector.client.config.override.policy=All",
        "plugin.discovery=service_load",
        "config.providers=file",  # there: Secrets Manager
        "config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider",
        *(["exactly.once.source.support=enabled"] if exactly_once else []),
    ]
    values = {
        "bootstrap_servers": stack.connections.kafka.bootstrap_servers,
        "replication_factor": "1",
    }
    return fill("\n".join(lines), values, TERRAFORM)


def connector_configuration(stack: Stack, name: str, *, exactly_once: bool) -> dict[str, str]:
    """The stack's own connector, about another table."""
    own = ConnectApi(stack.connections.connect_url).config("headwater")
    assert own
    kept = {key: value for key, value in own.items() if not key.startswith(OWN)}
    return {
        **kept,
        "name": name,
        "topic.prefix": name,
        "database.server.id": "5437" if exactly_once else "5438",
        "database.include.list": name,
        "table.include.list": f"{name}[.]items",
        "schema.history.internal.kafka.topic": f"_{name}.history",
        "exactly.once.support": "required" if exactly_once else "requested",
    }


@pytest.fixture
def name(stack: Stack, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of the test's own; it and its topics go again."""
    found = f"connect37_{'once' if request.param else 'twice'}"
    stack.mysql(f"CREATE DATABASE {found}")
    stack.mysql(f"CREATE TABLE {found}.items (id INT PRIMARY KEY, price DECIMAL(9,2), at DATETIME)")
    yield found
    stack.mysql(f"DROP DATABASE {found}")
    from kafka import KafkaAdminClient

    with closing(KafkaAdminClient(**stack.connections.kafka.as_python())) as admin:
        admin.delete_topics([topic for topic in admin.list_topics() if found in topic])


@pytest.mark.parametrize(
    ("name", "exactly_once"),
    [(True, True), (False, False)],
    indirect=["name"],
    ids=["exactly once", "at least once"],
)
def test_a_row_arrives_through_connect_37(
    stack: Stack,
    tmp_path: Path,
    name: str,
    exactly_once: bool,  # noqa: FBT001
) -> None:
    with worker(stack, tmp_path, name, exactly_once=exactly_once) as api:
        api.put_config(name, connector_configuration(stack, name, exactly_once=exactly_once))
        api.wait_until_running(name)
        stack.mysql(f"INSERT INTO {name}.items VALUES (1, 12.30, '2026-11-22 10:00:00')")
        topic = f"{name}.{name}.items"
        with Topics(stack.connections.kafka) as topics:
            until(lambda: topic in topics.names() and topics.end_offset(topic), f"a row in {topic}")
            first, *_ = [message.value for message in topics.messages(topic, 0)]
            envelope = Decoder(topics).value(first)
    assert envelope
    assert envelope["after"]["id"] == 1
    price = Decimal(int.from_bytes(envelope["after"]["price"], signed=True)).scaleb(-2)
    assert price == Decimal("12.30")
    assert envelope["source"]["table"] == "items"
