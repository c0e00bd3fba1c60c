from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from headwater.connections import local
from headwater.errors import DriftError
from headwater.feed.load import load_all
from headwater.project import Project
from headwater.secrets import Secrets
from headwater.settings import Settings
from headwater.targets import _mysql_plan as plans
from headwater.targets import _mysql_tables as declared
from headwater.targets import mysql
from headwater.targets.base import Context

if TYPE_CHECKING:
    from headwater.targets._mysql_tables import SqlTable

PROJECT = Project(Path(__file__).resolve().parents[2])


@pytest.fixture
def context() -> Context:
    settings = Settings.model_validate({})
    return Context(PROJECT, settings, local(settings, Secrets()), load_all(PROJECT.feeds), {})


@pytest.fixture
def flights(context: Context) -> SqlTable:
    return next(t for t in declared.tables(context.feeds) if t.name == "flights")


def test_the_committed_ddl_is_what_the_feeds_render(context: Context) -> None:
    for path, content in mysql.MysqlTarget(context).render().items():
        assert (PROJECT.root / path).read_text() == content, f"{path}: headwater render"


def test_types_units_and_keys_stand_in_the_ddl(flights: SqlTable) -> None:
    ddl = flights.ddl("final")
    assert "`icao24` char(6) NOT NULL" in ddl
    assert "`longitude` decimal(9,6) NULL COMMENT 'WGS84 longitude [deg]'" in ddl
    assert "`on_ground` tinyint(1) NULL" in ddl
    assert "`polled_at` timestamp(3) NOT NULL" in ddl
    assert "PRIMARY KEY (`icao24`)" in ddl
    assert "CHARSET=utf8mb4" in ddl


def test_a_purged_history_has_an_index_on_its_age(context: Context) -> None:
    by_name = {table.name: table for table in declared.tables(context.feeds)}
    assert by_name["flight_positions"].indexes == (("by_age", ("time_position",)),)
    assert by_name["flights"].indexes == ()


def test_texts_are_quoted() -> None:
    assert declared.quoted("it's a \\ sign") == "'it''s a \\\\ sign'"


def test_a_missing_table_is_created_and_an_equal_one_left_alone(flights: SqlTable) -> None:
    [create] = plans.statements("final", flights, None)
    assert create.creates
    assert list(plans.statements("final", flights, flights)) == []


def test_a_missing_column_is_added_at_its_place(flights: SqlTable) -> None:
    without = replace(flights, columns=(flights.columns[0], *flights.columns[2:]))
    [add] = plans.statements("final", flights, without)
    assert not add.by_hand
    assert add.sql.startswith("ALTER TABLE `final`.`flights` ADD COLUMN `callsign` varchar(8) NULL")
    assert add.sql.endswith("AFTER `icao24`")


@pytest.mark.parametrize("what", ["type", "null", "key", "surplus", "required"])
def test_what_could_lose_data_is_left_to_a_person(flights: SqlTable, what: str) -> None:
    first, second, *rest = flights.columns
    found = {
        "type": replace(flights, columns=(first, replace(second, type="varchar(4)"), *rest)),
        "null": replace(flights, columns=(first, replace(second, nullable=False), *rest)),
        "key": replace(flights, key=("callsign",)),
        "surplus": replace(
            flights, columns=(*flights.columns, declared.SqlColumn("old", "int", nullable=True))
        ),
        "required": replace(flights, columns=(second, *rest)),
    }[what]
    [statement] = plans.statements("final", flights, found)
    assert statement.by_hand
    assert statement.sql.startswith("ALTER TABLE `final`.`flights` ")


def test_another_comment_is_just_set(flights: SqlTable) -> None:
    changed = replace(flights.columns[1], comment="as said on the radio")
    found = replace(flights, columns=(flights.columns[0], changed, *flights.columns[2:]))
    [statement] = plans.statements("final", flights, found)
    assert not statement.by_hand


def test_apply_names_the_statement_and_changes_nothing(
    context: Context, flights: SqlTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = replace(flights.columns[1], type="varchar(4)")
    found = replace(flights, columns=(flights.columns[0], narrow, *flights.columns[2:]))
    server = FakeServer({"final": {"flights": found}, "headwater": {}})
    monkeypatch.setattr(plans, "observe", server.observe)
    monkeypatch.setattr(mysql, "asking", lambda _: server)
    target = mysql.MysqlTarget(context)
    by_hand = [change for change in target.plan() if change.detail.startswith("by hand: ")]
    assert [change.name for change in by_hand] == ["flights"]
    with pytest.raises(DriftError, match=r"MODIFY COLUMN `callsign` varchar\(8\) NULL"):
        target.apply()
    assert server.executed == []


def test_apply_creates_what_is_missing(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    server = FakeServer({})
    monkeypatch.setattr(plans, "observe", server.observe)
    monkeypatch.setattr(mysql, "asking", lambda _: server)
    changes = mysql.MysqlTarget(context).apply()
    assert {change.action for change in changes} == {"create"}
    assert server.executed[0].startswith("CREATE SCHEMA IF NOT EXISTS `final`")
    assert any("headwater.heartbeat" in sql for sql in server.executed)


def test_a_file_is_split_into_statements() -> None:
    text = "-- two; statements\nCREATE TABLE a (\n  b INT COMMENT 'one; two'\n);\n\nSELECT 1;\n"
    assert mysql.split(text) == ["CREATE TABLE a (\n  b INT COMMENT 'one; two'\n)", "SELECT 1"]


class FakeServer:
    """A cursor on schemas that a test made up."""

    def __init__(self, schemas: dict[str, dict[str, SqlTable]]) -> None:
        self.schemas = schemas
        self.executed: list[str] = []

    def observe(self, _: object, database: str) -> dict[str, SqlTable]:
        return self.schemas.get(database, {})

    def execute(self, sql: str) -> None:
        if not sql.startswith("SELECT schema_name"):
            self.executed.append(sql)

    def fetchall(self) -> list[tuple[str]]:
        return [(name,) for name in self.schemas]

    def __enter__(self) -> FakeServer:  # noqa: PYI034 - a context manager that is its own cursor
        return self

    def __exit__(self, *_: object) -> None:
        return None
