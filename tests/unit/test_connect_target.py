from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
import requests
from pydantic import SecretStr

from headwater.capture import history, scans
from headwater.capture.model import Capture, Taken
from headwater.clock import Clock
from headwater.connections import MySql, local
from headwater.errors import TargetError
from headwater.feed.model import Lake
from headwater.project import Project
from headwater.secrets import Secrets
from headwater.settings import Settings
from headwater.targets._connect_api import ConnectApi
from headwater.targets.base import Context
from headwater.targets.connect import CONNECTOR, ConnectTarget
from support.connect_fake import FakeConnect, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.feed.model import Feed

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "s3cret\\word"


class FakeTime:
    def __init__(self) -> None:
        self.now_s = 0.0

    def now(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


@pytest.fixture
def worker() -> Iterator[FakeConnect]:
    with serving(FakeConnect()) as fake:
        yield fake


@pytest.fixture
def target(worker: FakeConnect, tmp_path: Path) -> Iterator[ConnectTarget]:
    time = FakeTime()
    with requests.Session() as session:
        api = ConnectApi(worker.url, clock=Clock(time.now, time.sleep), session=session)
        yield ConnectTarget(_context(tmp_path, "flights", "flight_positions"), api)


def _context(data_dir: Path, *tables: str) -> Context:
    settings = Settings(data_dir=data_dir)
    account = MySql("debezium", SecretStr(PASSWORD), port=13306)
    connections = replace(local(settings, Secrets()), mysql_debezium=account)
    table = SimpleNamespace(lake=Lake(), on_delete="apply")
    feed = cast("Feed", SimpleNamespace(feed="flights", tables=dict.fromkeys(tables, table)))
    return Context(Project(ROOT), settings, connections, [feed], {"flights": "simulator"})


def test_a_new_connector_is_created_and_captures_all_tables(
    target: ConnectTarget, worker: FakeConnect
) -> None:
    changes = target.apply()

    assert [(change.action, change.name) for change in changes] == [("create", CONNECTOR)]
    config = worker.configs[CONNECTOR]
    assert config["table.include.list"].split(",") == [
        "headwater[.]heartbeat",
        "headwater[.]signal",
        "final[.]api_responses",
        "final[.]flight_positions",
        "final[.]flights",
        "headwater[.]metrics",
    ]
    assert config["database.include.list"] == "final,headwater"
    assert config["database.port"] == "13306"
    assert not [value for value in config.values() if "{{" in value]


def test_applying_twice_changes_nothing(target: ConnectTarget, worker: FakeConnect) -> None:
    target.apply()
    worker.told.clear()

    assert target.plan() == []
    assert target.apply() == []
    assert worker.told == []


def test_the_password_is_delivered_in_a_private_file_and_only_referred_to(
    target: ConnectTarget, worker: FakeConnect, tmp_path: Path
) -> None:
    target.apply()

    file = tmp_path / "connect" / "secrets" / "secrets.properties"
    assert file.read_text() == "mysql.password=s3cret\\\\word\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    reference = worker.configs[CONNECTOR]["database.password"]
    assert reference == f"${{file:{file}:mysql.password}}"
    assert PASSWORD not in str(worker.configs)


def test_a_new_password_restarts_the_connector(
    target: ConnectTarget, worker: FakeConnect, tmp_path: Path
) -> None:
    target.apply()
    (tmp_path / "connect" / "secrets" / "secrets.properties").write_text("mysql.password=old\n")
    worker.told.clear()

    changes = target.apply()

    assert [change.detail for change in changes] == ["MySQL's password"]
    assert worker.told == [f"POST /connectors/{CONNECTOR}/restart?includeTasks=true"]


def test_a_difference_is_shown_key_by_key_and_mended(
    target: ConnectTarget, worker: FakeConnect
) -> None:
    target.apply()
    running = worker.configs[CONNECTOR]
    running["poll.interval.ms"] = "500"
    running["database.password"] = "plain"
    del running["tombstones.on.delete"]
    running["transforms"] = "drop"

    details = {change.detail for change in target.plan()}

    assert "poll.interval.ms: 500 -> 20" in details
    assert "tombstones.on.delete: (none) -> false" in details
    assert "transforms: drop -> (none)" in details
    assert any(d.startswith("database.password: ****** -> ${file:") for d in details)
    assert target.apply()
    assert target.plan() == []


def test_a_secret_that_runs_in_clear_is_not_shown(
    target: ConnectTarget, worker: FakeConnect
) -> None:
    target.apply()
    worker.configs[CONNECTOR]["database.password"] = "in clear"

    assert "in clear" not in str(target.plan())


def test_a_connector_that_starts_slowly_is_waited_for(
    target: ConnectTarget, worker: FakeConnect
) -> None:
    worker.states = [
        ("UNASSIGNED", []),
        ("RUNNING", []),
        ("RUNNING", ["UNASSIGNED"]),
        ("RUNNING", ["RUNNING"]),
    ]
    target.apply()

    assert worker.states == [("RUNNING", ["RUNNING"])]


def test_a_failed_task_says_why_and_what_to_do(target: ConnectTarget, worker: FakeConnect) -> None:
    worker.states = [("RUNNING", ["FAILED"])]

    with pytest.raises(TargetError) as caught:
        target.apply()

    assert "it broke" in caught.value.message
    assert "Access denied for user" in caught.value.message
    assert "headwater restart mysql" in caught.value.remedy


def test_a_failed_task_is_in_the_plan_and_restarted(
    target: ConnectTarget, worker: FakeConnect
) -> None:
    target.apply()
    worker.states = [("RUNNING", ["FAILED"])] * 3 + [("RUNNING", ["RUNNING"])]
    worker.told.clear()

    assert "does not run: " in target.plan()[0].detail
    target.apply()
    assert worker.told == [f"POST /connectors/{CONNECTOR}/restart?includeTasks=true"]


@pytest.mark.parametrize("state", ["PAUSED", "STOPPED"])
def test_a_connector_that_somebody_stopped_goes_on(
    target: ConnectTarget, worker: FakeConnect, state: str
) -> None:
    target.apply()
    worker.states = [(state, [])]

    assert target.plan()[0].detail == f"does not run: is {state}"
    target.apply()
    assert target.plan() == []


def test_a_connector_that_never_runs_is_given_up(
    target: ConnectTarget, worker: FakeConnect
) -> None:
    worker.states = [("RUNNING", ["UNASSIGNED"])]

    with pytest.raises(TargetError, match="does not run after 120 s"):
        target.apply()


def test_a_rebalance_is_waited_out(target: ConnectTarget, worker: FakeConnect) -> None:
    worker.conflicts = 3

    assert target.apply()


def test_a_refused_configuration_names_the_reason(
    target: ConnectTarget, worker: FakeConnect
) -> None:
    worker.refuse = (400, "Class io.headwater.connect.BooleanAsNumber could not be found")

    with pytest.raises(TargetError) as caught:
        target.apply()

    assert "could not be found" in caught.value.message
    assert "plugin folder" in caught.value.remedy


def test_a_worker_that_is_away_is_named(tmp_path: Path) -> None:
    api = ConnectApi("http://127.0.0.1:9")

    with pytest.raises(TargetError, match=r"Kafka Connect at \S+:9 does not answer"):
        ConnectTarget(_context(tmp_path), api).plan()


def test_nothing_is_rendered(target: ConnectTarget) -> None:
    rendered: Any = target.render()
    assert rendered == {}


@pytest.fixture
def captured(
    worker: FakeConnect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ConnectTarget]:
    """A target with captured tables; what MySQL and the history are asked is told to the worker."""
    unread = {"shop.orders", "shop.log"}

    def request(_: object, tables: list[Any]) -> None:
        worker.told += [f"read {table.name}" for table in tables]
        unread.difference_update(table.name for table in tables)

    monkeypatch.setattr(scans, "known", lambda _: {"shop.orders", "shop.log"} - unread)
    monkeypatch.setattr(scans, "request", request)
    monkeypatch.setattr(history, "teach", lambda *_: worker.told.append("teach"))
    tables = {"shop.orders": Taken(), "shop.log": Taken(key=("at", "n"))}
    context = replace(_context(tmp_path, "flights"), capture=Capture(tables=tables))
    time = FakeTime()
    with requests.Session() as session:
        api = ConnectApi(worker.url, clock=Clock(time.now, time.sleep), session=session)
        yield ConnectTarget(context, api)


def test_captured_tables_are_carried_and_read_once(
    captured: ConnectTarget, worker: FakeConnect
) -> None:
    changes = captured.apply()

    config = worker.configs[CONNECTOR]
    assert config["database.include.list"] == "final,headwater,shop"
    assert config["table.include.list"].endswith("shop[.]log,shop[.]orders")
    assert config["message.key.columns"] == "shop[.]log:at,n"
    assert [change.name for change in changes] == [CONNECTOR]
    assert worker.told[-2:] == ["read shop.orders", "read shop.log"]
    assert captured.apply() == []


def test_a_running_connector_is_taught_stopped_changed_and_only_then_signalled(
    target: ConnectTarget, captured: ConnectTarget, worker: FakeConnect
) -> None:
    target.apply()
    worker.told.clear()

    details = {(change.name, change.detail) for change in captured.apply()}

    assert {("shop.orders", "reads its rows"), ("shop.log", "reads its rows")} <= details
    assert worker.told == [
        "teach",
        f"PUT /connectors/{CONNECTOR}/stop",
        f"PUT /connectors/{CONNECTOR}/config",
        f"PUT /connectors/{CONNECTOR}/resume",
        "read shop.orders",
        "read shop.log",
    ]
