"""Statements are told apart as Athena tells them."""

from __future__ import annotations

import pytest

from headwater.lake.athena import statements
from headwater.lake.athena.statements import Command, command_of, kind_of


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("SELECT 1", "DML"),
        ("  -- a note\n /* and\nanother */ with x as (select 1) select * from x", "DML"),
        ("(SELECT 1) UNION (SELECT 2)", "DML"),
        ("VALUES 1", "DML"),
        ("CREATE TABLE t AS SELECT 1", "DML"),
        ("CREATE TABLE t WITH (format = 'ORC') AS (SELECT 1)", "DML"),
        ("CREATE OR REPLACE VIEW v AS SELECT 1", "DDL"),
        ("create database d", "DDL"),
        ("MSCK REPAIR TABLE t", "DDL"),
        ("show tables", "UTILITY"),
        ("DESCRIBE t", "UTILITY"),
        ("EXPLAIN SELECT 1", "UTILITY"),
        ("nonsense", "DML"),
    ],
)
def test_kinds(sql: str, kind: str) -> None:
    assert kind_of(sql) == kind


@pytest.mark.parametrize(
    ("sql", "command"),
    [
        ("SHOW DATABASES", Command("show_databases")),
        ("show schemas like 'f*';", Command("show_databases", (), {"pattern": "f*"})),
        ("SHOW TABLES", Command("show_tables")),
        ("SHOW TABLES IN Final 'fl*'", Command("show_tables", ("final",), {"pattern": "fl*"})),
        ("SHOW PARTITIONS final.flights", Command("show_partitions", ("final", "flights"))),
        ('describe "final"."flights"', Command("describe", ("final", "flights"))),
        ("DESC `flights`", Command("describe", ("flights",))),
        ("DROP TABLE IF EXISTS t", Command("drop_table", ("t",), {"unless": "IF EXISTS "})),
        ("DROP DATABASE d CASCADE", Command("drop_database", ("d",), {"cascade": "CASCADE"})),
        ("CREATE EXTERNAL TABLE x (a int)\nLOCATION 's3://b'", Command("create_table", ("x",))),
        ("ALTER TABLE t ADD COLUMNS (a int)", Command("alter_table", ("t",))),
    ],
)
def test_what_glue_answers(sql: str, command: Command) -> None:
    assert command_of(sql) == command


@pytest.mark.parametrize(
    "sql", ["SELECT 1", "CREATE VIEW v AS SELECT 1", "DROP VIEW v", "SHOW CREATE VIEW v", "SHOW"]
)
def test_what_the_engine_answers(sql: str) -> None:
    assert command_of(sql) is None


def test_create_database_with_everything() -> None:
    command = command_of("CREATE DATABASE IF NOT EXISTS d COMMENT 'c' LOCATION 's3://b/d/'")
    assert command is not None
    assert command.options["comment"] == "c"
    assert command.options["location"] == "s3://b/d/"


def test_comments_and_one_semicolon_are_taken_off() -> None:
    assert statements.bare("-- x\n SELECT ';' ;\n") == "SELECT ';'"


def test_parameters_become_one_statement() -> None:
    assert (
        statements.with_values("SELECT 'a' || ?", "'b'")
        == "EXECUTE IMMEDIATE 'SELECT ''a'' || ?' USING 'b'"
    )
    assert statements.with_values("SELECT 1", " ") == "SELECT 1"


def test_prepared_statements() -> None:
    assert statements.preparation_of("PREPARE P1 FROM SELECT ?") == ("p1", "SELECT ?")
    assert statements.execution_of("EXECUTE p1 USING 1, 'x'") == ("p1", "1, 'x'")
    assert statements.execution_of("EXECUTE IMMEDIATE 'SELECT 1'") is None
    assert statements.deallocation_of("DEALLOCATE PREPARE p1") == "p1"
