"""What `init` leaves for the containers, and the scripts that start and ask them."""

from __future__ import annotations

import json
import shlex
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from headwater.connections import local
from headwater.project import Project
from headwater.secrets import Secrets
from headwater.settings import Settings
from headwater.stack import containers, services
from headwater.stack.catalog import COMPONENTS
from headwater.stack.containers import ContainerSite, script
from headwater.stack.servers import mysql, trino
from headwater.stack.service import Service
from support.waiting import until

ROOT = Path(__file__).parents[2]
HEALTHY = ROOT / "docker" / "healthy"


@pytest.fixture
def site(tmp_path: Path) -> ContainerSite:
    settings = Settings(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache", hosts="names")
    return ContainerSite(settings, Project(ROOT))


@pytest.fixture
def written(site: ContainerSite, monkeypatch: pytest.MonkeyPatch) -> ContainerSite:
    monkeypatch.setattr(containers, "_digest", lambda _: "a digest")
    for component in ("debezium", "wire"):
        plugins = site.home(component) / "plugins"
        plugins.mkdir(parents=True)
        (plugins / f"{component}.jar").write_text(component)
    assert containers.write(site)
    return site


def test_servers_are_found_by_name() -> None:
    found = local(Settings(hosts="names"), Secrets())
    assert found.mysql.host == "mysql"
    assert found.kafka.bootstrap_servers == "kafka:19092"
    assert found.aws.s3_endpoint == "http://s3:19000"
    assert found.connect_url == "http://connect:18083"


def test_servers_listen_to_the_other_containers(written: ContainerSite) -> None:
    data = written.data
    files = {
        "mysql/my.cnf": "bind-address=0.0.0.0",
        "kafka/server.properties": "advertised.listeners=PLAINTEXT://kafka:19092",
        "connect/worker.properties": "rest.advertised.host.name=connect",
        "s3/s3proxy.conf": "http://0.0.0.0:19000",
        "nifi/conf/nifi.properties": "nifi.web.http.host=0.0.0.0",
        "trino/start": "-Dnode.internal-address=trino",
        "glue/start": "-H 0.0.0.0 -p 15000",
    }
    for name, line in files.items():
        assert line in (data.path / name).read_text(), name
    assert {jar.read_text() for jar in (data.of("connect") / "plugins").rglob("*.jar")} == {
        "debezium",
        "wire",
    }


def test_every_service_gets_a_script_that_sh_can_read(written: ContainerSite) -> None:
    for name in services.ROWS:
        start = written.data.of(name) / "start"
        assert start.stat().st_mode & 0o777 == 0o600
        subprocess.run(["sh", "-n", start], check=True)


def test_what_is_prepared_is_left_alone_while_nothing_changed(written: ContainerSite) -> None:
    (written.data.of("kafka") / "start").write_text("in use")
    assert not containers.write(written)
    assert (written.data.of("kafka") / "start").read_text() == "in use"


def test_the_digest_follows_settings_and_secrets(site: ContainerSite) -> None:
    first = containers._digest(site)
    assert containers._digest(site) == first
    known = json.loads(site.data.secrets.read_text())
    site.data.secrets.write_text(json.dumps({**known, "mysql_root": "another"}))
    assert containers._digest(site) != first


def test_accounts_sign_in_from_other_containers(site: ContainerSite) -> None:
    statements = "\n".join(mysql.accounts(site))
    assert "GRANT ALL PRIVILEGES ON *.* TO 'root'@'%' WITH GRANT OPTION;" in statements
    assert "CREATE USER IF NOT EXISTS 'debezium'@'%';" in statements


def test_nifi_loads_the_archives_that_it_has_locally() -> None:
    fetched = str(COMPONENTS["nifi"].parts)
    *names, packed = containers.nifi_archives()
    assert packed == "nifi-standard-nar-2.3.0.nar"  # locally it is packed here
    assert len(names) == fetched.count("-nar:2.3.0:nar")
    assert all(f"{name.removesuffix('-2.3.0.nar')}:2.3.0:nar" in fetched for name in names)


def test_trino_has_the_connector_of_each_of_its_catalogs(site: ContainerSite) -> None:
    shell = " ".join(containers._before_trino(site))
    for _, connector, *_ in trino.CATALOGS:
        assert f"{containers.IMAGE_TRINO}/plugin/{connector} " in shell


def test_a_folder_is_made_once_and_anew_after_a_failure(tmp_path: Path) -> None:
    done, made = tmp_path / "done", tmp_path / "made"
    count = ("sh", "-c", f"[ ! -e {made}/x ]; touch {made}/x; echo . >> {tmp_path}/count")
    made.mkdir()
    (made / "x").touch()  # a first attempt that was cut short
    for _ in range(2):
        subprocess.run(["sh", "-euc", containers._once(done, made, count)], check=True)
    assert (tmp_path / "count").read_text() == ".\n"


def _service(tmp_path: Path, *command: str, stop_children: bool = False) -> Service:
    env = {"SAID": "it's $HOME"}
    return Service("x", command, bool, tmp_path, env, stop_children=stop_children)


def test_a_script_runs_the_row_as_it_is(tmp_path: Path) -> None:
    row = _service(tmp_path, "sh", "-c", 'printf "%s|" "$SAID" "$PWD" "$@"', "sh", "a b", "*")
    path = tmp_path / "start"
    path.write_text(script(row))
    done = subprocess.run(["sh", path], capture_output=True, text=True, check=True)
    assert done.stdout == f"it's $HOME|{tmp_path}|a b|*|"


def test_stopping_reaches_the_child_that_ends_its_batches(tmp_path: Path) -> None:
    inner = "trap 'echo ended; exit 0' TERM; touch ready; while :; do sleep 0.05; done"
    outer = f"trap : TERM; sh -c {shlex.quote(inner)}; echo and its parent"
    path = tmp_path / "start"
    path.write_text(script(_service(tmp_path, "sh", "-c", outer, stop_children=True)))
    with subprocess.Popen(["sh", path], stdout=subprocess.PIPE, text=True) as process:
        until((tmp_path / "ready").exists, "the child is up", pause=0.05)
        process.terminate()
        out, _ = process.communicate(timeout=30)
    assert out.splitlines() == ["ended", "and its parent"]


@contextmanager
def _answering(answer: bytes, *, greets: bool = False) -> Iterator[str]:
    """The port of a server that says this to its one client."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            client, _ = server.accept()
            with client:
                asked = b""
                while not greets and not asked.endswith((b"\r\n\r\n", b"\xff\xff")):
                    asked += client.recv(1000)
                client.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield str(server.getsockname()[1])
        thread.join()


def _healthy(*arguments: str) -> bool:
    return subprocess.run([HEALTHY, *arguments], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("answer", "text", "healthy"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n{}", "", True),
        (b'HTTP/1.1 200 OK\r\n\r\n{"starting":false}', '"starting":false', True),
        (b'HTTP/1.1 200 OK\r\n\r\n{"starting":true}', '"starting":false', False),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", "", False),
        (b"", "", False),
    ],
)
def test_health_over_http(answer: bytes, text: str, healthy: bool) -> None:  # noqa: FBT001
    with _answering(answer) as port:
        assert _healthy("http", port, "/", text) is healthy


def test_health_of_mysql_kafka_and_files(tmp_path: Path) -> None:
    with _answering(b"J\0\0\0\n8.4.10\0", greets=True) as port:
        assert _healthy("mysql", port)
    with _answering(b"", greets=True) as port:
        assert not _healthy("mysql", port)
    with _answering(b"\0\0\1\x10\0\0\0\1") as port:
        assert _healthy("kafka", port)
    with _answering(b"") as port:
        assert not _healthy("kafka", port)
    assert not _healthy("file", f"{tmp_path}/blockmgr-*")
    (tmp_path / "blockmgr-1").mkdir()
    assert _healthy("file", f"{tmp_path}/blockmgr-*")


def test_status_asks_every_service(site: ContainerSite, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent() -> bool:
        raise ConnectionRefusedError("nobody there")

    rows = {
        "a": lambda _: Service("a", (), lambda: True, site.data.path, ports={"a": 1}),
        "b": lambda _: Service("b", (), silent, site.data.path),
    }
    monkeypatch.setattr(services, "ROWS", rows)
    found = containers.status(site.settings, site.project)
    assert [(row["name"], row["state"], row["message"]) for row in found] == [
        ("a", "ready", ""),
        ("b", "down", "ConnectionRefusedError: nobody there"),
    ]
