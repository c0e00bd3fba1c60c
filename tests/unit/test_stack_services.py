"""The table of services, computed without installing or starting anything."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import pytest
from pydantic import SecretStr

from headwater import accounts
from headwater.errors import ServiceError
from headwater.project import Project
from headwater.settings import OpenSky, Ports, Settings
from headwater.stack import services
from headwater.stack.catalog import COMPONENTS
from headwater.stack.process import require_free
from headwater.stack.servers import kafka, mysql, nifi, trino
from headwater.stack.service import Service, Site, fill

ROOT = Path(__file__).parents[2]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    settings = Settings(
        data_dir=tmp_path / "data",
        cache_dir=tmp_path / "cache",
        ports=Ports(offset=20000),
        simulator_seed=7,
        opensky=OpenSky(client_secret=SecretStr("from-opensky")),
    )
    return Site(settings, Project(ROOT))


@pytest.fixture
def table(site: Site) -> dict[str, Service]:
    return {name: row(site) for name, row in services.ROWS.items()}


def test_every_port_of_the_settings_belongs_to_one_service(
    site: Site, table: dict[str, Service]
) -> None:
    used = [name for service in table.values() for name in service.ports]
    assert sorted(used) == sorted(name for name in Ports.model_fields if name != "offset")
    assert table["mysql"].ports == {"mysql": 33306}
    assert site.url("nifi", "/x") == "http://127.0.0.1:38080/x"


def test_what_a_service_needs_is_in_the_tables(table: dict[str, Service]) -> None:
    for service in table.values():
        assert set(service.depends_on) <= set(table)
        assert set(service.components) <= set(COMPONENTS)
        assert service.groups[-1] == "all"
        assert service.memory_mb > 0


def test_no_password_is_in_any_command(site: Site, table: dict[str, Service]) -> None:
    known = json.loads(site.data.secrets.read_text()).values()
    for service in table.values():
        words = " ".join(service.command)
        assert not [secret for secret in (*known, "from-opensky") if secret in words]


def test_groups(site: Site) -> None:
    project = site.project
    assert list(services.table(site.settings, project, only="query")) == [
        "s3",
        "glue",
        "trino",
        "athena",
        "site",
    ]
    assert "trino" not in services.table(site.settings, project, only="pipeline")
    assert list(services.table(site.settings, project, only="connect")) == ["kafka", "connect"]
    with pytest.raises(ServiceError, match="no group 'everything'"):
        services.table(site.settings, project, only="everything")


@pytest.mark.parametrize(
    ("source", "account", "simulated"),
    [
        ("auto", "", True),
        ("auto", "me", False),
        ("live", "", False),
        ("sim", "me", True),
        ("replay:x.jsonl.gz", "", True),
    ],
)
def test_the_simulator_runs_when_it_is_the_source(
    site: Site, source: str, account: str, *, simulated: bool
) -> None:
    settings = site.settings.model_copy(
        update={
            "source": source,
            "opensky": OpenSky(client_id=account, client_secret=SecretStr("x")),
        }
    )
    assert services.simulated(settings) is simulated
    assert ("simulator" in services.table(settings, site.project)) is simulated


def test_our_processes_get_the_settings_and_nothing_of_the_callers(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "somebody")
    environ = site.our_env()
    assert "AWS_PROFILE" not in environ
    assert environ["HEADWATER_DATA_DIR"] == str(site.data.path)
    assert environ["HEADWATER_PORTS__OFFSET"] == "20000"
    assert environ["HEADWATER_SIMULATOR_SEED"] == "7"
    assert environ["HEADWATER_OPENSKY__CLIENT_SECRET"] == "from-opensky"
    assert "HEADWATER_PORTS__MYSQL" not in environ


def test_mysql_accounts_have_the_least_rights(site: Site) -> None:
    statements = mysql.accounts(site)
    grants = [s for s in statements if s.startswith("GRANT")]
    assert statements[0] == "SET SESSION sql_log_bin = 0;"
    assert grants == [
        "GRANT SELECT, INSERT, UPDATE, DELETE ON `final`.* TO 'nifi'@'localhost';",
        f"GRANT {accounts._SOURCE_RIGHTS} ON *.* TO 'debezium'@'localhost';",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON headwater.* TO 'debezium'@'localhost';",
        "GRANT SELECT, SHOW DATABASES, REPLICATION CLIENT ON *.* TO 'headwater'@'localhost';",
        (
            "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE TEMPORARY TABLES ON headwater.* "
            "TO 'headwater'@'localhost';"
        ),
    ]


def test_mysql_accounts_sign_in_with_the_method_that_84_has(site: Site) -> None:
    set_up = [statement for statement in mysql.accounts(site) if statement.startswith("ALTER USER")]
    assert all("IDENTIFIED WITH caching_sha2_password BY" in statement for statement in set_up)
    encrypted = {s.split("'")[1] for s in set_up if s.endswith(" REQUIRE SSL;")}
    assert encrypted == {"nifi", "debezium", "headwater"}
    mysql.configure(site)
    assert "native-password" not in (site.data.of("mysql") / "my.cnf").read_text()


def test_configurations_are_complete_and_private(site: Site) -> None:
    nifi.prepare(site)
    trino.prepare(site)
    kafka.prepare_connect(site)
    (site.data.of("kafka") / "logs").mkdir(parents=True)
    (site.data.of("kafka") / "logs" / "meta.properties").touch()
    kafka.prepare_kafka(site)
    written = [p for p in site.data.path.rglob("*.properties") if p.stat().st_size]
    assert len(written) >= 7
    for path in written:
        assert not re.search(r"\{\{\w+\}\}", path.read_text()), path
        assert path.stat().st_mode & 0o777 == 0o600
    catalog = site.data.of("trino") / "etc" / "catalog" / "awsdatacatalog.properties"
    assert "${ENV:AWS_SECRET_ACCESS_KEY}" in catalog.read_text()


def test_an_unknown_placeholder_is_an_error() -> None:
    assert fill("a={{x}} ${file:y}", {"x": 1}, Path("t")) == "a=1 ${file:y}"
    with pytest.raises(ServiceError, match="t: nothing is known for the placeholder 'z'"):
        fill("{{z}}", {"x": 1}, Path("t"))


def test_a_port_in_use_is_said_before_the_start() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        service = Service("s3", ("true",), bool, Path("/"), ports={"s3": port})
        with pytest.raises(ServiceError, match=rf"s3: port {port} is taken by .*\(pid \d+\)"):
            require_free(service)
    require_free(service)


def test_the_whole_stack_has_a_stated_bound(table: dict[str, Service]) -> None:
    assert services.memory_bound_mb(table) < 11_500
