"""Statements taken apart, and definitions made temporary; what they do MySQL says (tests/stack)."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from headwater.capture.columns import lake_type
from headwater.capture.rehearse import Statement, parse, rehearse, temporary
from headwater.captured import CapturedTable, Layout
from headwater.connections import MySql
from headwater.errors import DeclarationError
from headwater_cdc.evolve import Change

NOBODY = MySql("nobody", SecretStr(""), "127.0.0.1", 1)
TABLE = CapturedTable("shop", "orders", "shop.orders")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ALTER TABLE orders ADD x INT", ("ALTER TABLE", "final", "orders", " ADD x INT")),
        ("alter  table shop.orders add x int;", ("ALTER TABLE", "shop", "orders", " add x int")),
        ("ALTER TABLE `a``b`.`c d` FORCE", ("ALTER TABLE", "a`b", "c d", " FORCE")),
        ("TRUNCATE orders", ("TRUNCATE", "final", "orders", "")),
        ("DROP TABLE IF EXISTS shop.orders", ("DROP TABLE", "shop", "orders", "")),
        ("RENAME TABLE a TO b", ("RENAME TABLE", "final", "a", " TO b")),
    ],
)
def test_a_statement_is_taken_apart(text: str, expected: tuple[str, ...]) -> None:
    assert parse(text, "final") == Statement(*expected)


@pytest.mark.parametrize("text", ["", "SELECT 1", "ALTER VIEW v AS SELECT 1", "DROP DATABASE shop"])
def test_what_changes_no_table_is_refused(text: str) -> None:
    with pytest.raises(DeclarationError, match="no change of a table"):
        parse(text, "final")


DEFINITION = """CREATE TABLE `orders` (
  `id` int NOT NULL,
  `of` int DEFAULT NULL COMMENT 'CONSTRAINT, FOREIGN KEY',
  PRIMARY KEY (`id`),
  KEY `of` (`of`),
  CONSTRAINT `one` FOREIGN KEY (`of`) REFERENCES `users` (`id`) ON DELETE CASCADE,
  CONSTRAINT `two` FOREIGN KEY (`of`) REFERENCES `people` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4
/*!50100 PARTITION BY RANGE (`id`)
(PARTITION p0 VALUES LESS THAN (10) ENGINE = InnoDB) */"""


def test_a_temporary_table_has_neither_foreign_keys_nor_partitions() -> None:
    assert temporary(DEFINITION) == (
        "CREATE TEMPORARY TABLE `orders` (\n"
        "  `id` int NOT NULL,\n"
        "  `of` int DEFAULT NULL COMMENT 'CONSTRAINT, FOREIGN KEY',\n"
        "  PRIMARY KEY (`id`),\n"
        "  KEY `of` (`of`)\n"
        ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"
    )


@pytest.mark.parametrize(
    ("text", "on_delete", "change", "word"),
    [
        ("TRUNCATE TABLE orders", "apply", Change.APPLY, "removed"),
        ("TRUNCATE TABLE orders", "ignore", Change.NONE, "kept"),
        ("DROP TABLE orders", "apply", Change.REBUILD, "release shop.orders"),
        ("DROP TABLE orders", "ignore", Change.NONE, "kept"),
        ("RENAME TABLE orders TO old", "apply", Change.REBUILD, "capture shop.old"),
        ("RENAME TABLE orders TO o, x TO orders", "apply", Change.REBUILD, "snapshot shop.orders"),
        ("ALTER TABLE orders RENAME old", "apply", Change.REBUILD, "capture shop.old"),
        ("ALTER TABLE orders DROP PARTITION p0", "apply", Change.REBUILD, "snapshot shop.orders"),
        ("ALTER TABLE orders DROP PARTITION p0", "ignore", Change.NONE, "kept"),
    ],
)
def test_what_needs_no_rehearsal(text: str, on_delete: str, change: Change, word: str) -> None:
    table = CapturedTable("shop", "orders", "t", Layout(on_delete=on_delete))  # type: ignore[arg-type]
    [found] = rehearse(NOBODY, parse(text, "shop"), table)
    assert found.change is change
    assert word in found.what


def test_partitions_that_come_change_nothing() -> None:
    statement = parse("ALTER TABLE orders REORGANIZE PARTITION p0 INTO (PARTITION p1)", "shop")
    assert rehearse(NOBODY, statement, TABLE) == []


@pytest.mark.parametrize(
    ("mysql", "lake"),
    [
        ("int unsigned", "bigint"),
        ("tinyint(1)", "int"),
        ("decimal(10,2) unsigned", "decimal(10,2)"),
        ("decimal(65,30)", "string"),
        ("bit(1)", "boolean"),
        ("bit(8)", "binary"),
        ("enum('a','b c')", "string"),
        ("double", "double"),
    ],
)
def test_types_in_the_lake(mysql: str, lake: str) -> None:
    assert lake_type(mysql) == lake


def test_an_unknown_type_is_named() -> None:
    with pytest.raises(DeclarationError, match="vector"):
        lake_type("vector(3)")
