"""The accounts and the binlog of a MySQL on RDS."""

from __future__ import annotations

from pathlib import Path

import pytest

from headwater.connections import MySql
from headwater.deployment import connections
from headwater.errors import TargetError
from headwater.project import Project
from headwater.settings import Settings
from headwater.targets.base import Context
from headwater.targets.rds import RdsTarget
from support.aws_deployment import deployment, secret
from support.rds_fake import Server

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    found = Server()
    monkeypatch.setattr(MySql, "connect", lambda self, *_, **__: found.connect(self))
    return found


@pytest.fixture
def target() -> RdsTarget:
    made = Context(Project(ROOT), Settings(), connections(deployment(), secret), [], {})
    return RdsTarget(made)


def test_a_new_server_gets_accounts_and_a_binlog_that_is_kept(
    target: RdsTarget, server: Server
) -> None:
    names = [change.name for change in target.plan()]
    assert names == [
        "account nifi",
        "account debezium",
        "account headwater",
        "binlog retention hours",
    ]
    target.apply()
    assert server.accounts == {"admin", "nifi", "debezium", "headwater"}
    assert server.hours == "168"
    assert target.plan() == []


def test_applying_twice_changes_nothing(target: RdsTarget, server: Server) -> None:
    target.apply()
    server.said.clear()
    assert target.apply() == []
    assert server.said == ["CALL mysql.rds_show_configuration"]


def test_passwords_are_values_and_never_in_a_statement(target: RdsTarget, server: Server) -> None:
    target.apply()
    assert not any("password of" in statement for statement in server.said)
    made = "ALTER USER %s@%s IDENTIFIED WITH caching_sha2_password BY %s REQUIRE SSL"
    assert server.said.count(made) == 3


def test_a_server_out_of_reach_is_told_with_where_to_run(target: RdsTarget, server: Server) -> None:
    server.away = True
    with pytest.raises(TargetError) as raised:
        target.plan()
    assert "mysql.example.internal:3306" in raised.value.message
    assert "VPC" in raised.value.remedy
