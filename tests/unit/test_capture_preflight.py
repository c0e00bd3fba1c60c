"""Every check of the preflight finds its problem, names the mending, and is else silent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from headwater.capture.preflight import Finding, refuse, server, tables
from headwater.capture.preflight.facts import Cascade, Column, Server, Table
from headwater.capture.preflight.run import of_server, of_table
from headwater.captured import CapturedTable, Layout
from headwater.errors import DeclarationError

ORDERS = CapturedTable("shop", "orders", "headwater.shop.orders")
GOOD_SERVER = Server(
    variables={
        "version": "8.0.33",
        "log_bin": "ON",
        "binlog_format": "ROW",
        "binlog_row_image": "FULL",
        "binlog_row_metadata": "FULL",
        "binlog_row_value_options": "",
        "binlog_transaction_compression": "OFF",
        "gtid_mode": "ON",
        "replica_preserve_commit_order": "ON",
        "log_replica_updates": "ON",
        "max_allowed_packet": str(64 * 1024**2),
    },
    rights=frozenset({"SELECT", "REPLICATION SLAVE", "REPLICATION CLIENT"}),
    retention_s=server.WEEK_S,
)
GOOD_TABLE = Table(
    captured=ORDERS,
    columns=(
        Column("id", "int"),
        Column("at", "datetime"),
        Column("name", "varchar", "varchar(20)", nullable=True, octets=80),
        Column("amount", "decimal", precision=38),
    ),
    keys={"PRIMARY": ("id", "at"), "by_name": ("name",)},
    server=GOOD_SERVER,
)


def with_variable(name: str, value: str) -> Server:
    return replace(GOOD_SERVER, variables={**GOOD_SERVER.variables, name: value})


BAD_SERVERS: dict[str, tuple[Server, str]] = {
    "binlog": (with_variable("log_bin", "OFF"), "restart it with log-bin"),
    "row-format": (with_variable("binlog_format", "MIXED"), "SET PERSIST binlog_format = 'ROW'"),
    "row-image": (
        with_variable("binlog_row_image", "MINIMAL"),
        "SET PERSIST binlog_row_image = 'FULL'",
    ),
    "row-metadata": (
        with_variable("binlog_row_metadata", "MINIMAL"),
        "SET PERSIST binlog_row_metadata = 'FULL'",
    ),
    "partial-json": (
        with_variable("binlog_row_value_options", "PARTIAL_JSON"),
        "SET PERSIST binlog_row_value_options = ''",
    ),
    "compression": (
        with_variable("binlog_transaction_compression", "ON"),
        "SET PERSIST binlog_transaction_compression = 'OFF'",
    ),
    "gtid": (with_variable("gtid_mode", "OFF"), "SET PERSIST gtid_mode = 'ON'"),
    "left-out": (replace(GOOD_SERVER, left_out="shop"), "binlog-ignore-db"),
    "replica-order": (
        replace(with_variable("replica_preserve_commit_order", "OFF"), is_replica=True),
        "SET PERSIST replica_preserve_commit_order = ON",
    ),
    "replica-log": (
        replace(with_variable("log_replica_updates", "OFF"), is_replica=True),
        "log-replica-updates=ON",
    ),
    "retention": (
        replace(GOOD_SERVER, retention_s=7200),
        "SET PERSIST binlog_expire_logs_seconds = 604800",
    ),
    "sessions": (replace(GOOD_SERVER, sessions={"sql_log_bin": 2}), "variables_by_thread"),
    "rights": (
        replace(GOOD_SERVER, rights=frozenset({"SELECT", "REPLICATION CLIENT"})),
        "GRANT REPLICATION SLAVE ON *.* TO 'debezium'",
    ),
}


def with_key(*key: str, **keys: tuple[str, ...]) -> Table:
    return replace(GOOD_TABLE, captured=replace(ORDERS, key=key), keys=keys)


BAD_TABLES: dict[str, list[tuple[Table, str]]] = {
    "key": [
        (with_key(), "ALTER TABLE `shop`.`orders` ADD COLUMN"),
        (with_key(by_id=("id",)), "headwater capture shop.orders --key id"),
        (with_key(by_name=("name",)), "ADD COLUMN row_id BIGINT UNSIGNED"),
    ],
    "declared-key": [
        (replace(GOOD_TABLE, captured=replace(ORDERS, key=("id",))), "remove `key`"),
        (with_key("id"), "ADD UNIQUE KEY (`id`)"),
        (with_key("name", by_name=("name",)), "MODIFY … NOT NULL for name"),
    ],
    "engine": [(replace(GOOD_TABLE, engine="MyISAM"), "ENGINE = InnoDB")],
    "cascade": [
        (
            replace(
                GOOD_TABLE,
                cascades=[
                    Cascade("fk", "parent", "RESTRICT", "CASCADE", "shop", ("a", "b"), ("c", "d"))
                ],
            ),
            (
                "ALTER TABLE `shop`.`orders` DROP FOREIGN KEY `fk`; "
                "ALTER TABLE `shop`.`orders` ADD CONSTRAINT `fk` FOREIGN KEY (`a`, `b`)"
                " REFERENCES `shop`.`parent` (`c`, `d`)"
            ),
        ),
        (
            replace(GOOD_TABLE, cascades=[Cascade("fk", "parent", "SET NULL", "NO ACTION")]),
            "DROP FOREIGN KEY `fk`",
        ),
    ],
    "partition": [
        (
            replace(GOOD_TABLE, captured=replace(ORDERS, layout=Layout(partition_by="name"))),
            "--partition-by at",
        ),
        (
            replace(
                GOOD_TABLE,
                captured=replace(ORDERS, layout=Layout(partition_by="id")),
                keys={"PRIMARY": ("id",)},
            ),
            "remove partition_by",
        ),
    ],
    "type": [
        (replace(GOOD_TABLE, columns=[Column("id", "int"), Column("v", "vector")]), "MODIFY `v`"),
    ],
    "size": [
        (
            replace(
                GOOD_TABLE, columns=[Column("id", "int"), Column("b", "longblob", octets=2**32)]
            ),
            "producer.override.max.request.size",
        )
    ],
    "name": [
        (replace(GOOD_TABLE, others=[replace(ORDERS, table="Orders")]), "RENAME TABLE"),
        (
            replace(GOOD_TABLE, others=[replace(ORDERS, table="else")]),
            "headwater release 'shop.else'",
        ),
    ],
    "readable": [(replace(GOOD_TABLE, readable=False), "GRANT SELECT ON `shop`.* TO 'debezium'")],
}


def test_a_good_server_and_a_good_table_have_no_problem() -> None:
    assert list(of_server(GOOD_SERVER)) == []
    assert list(of_table(GOOD_TABLE)) == []


def test_every_check_is_tested_here() -> None:
    assert [check.name for check in server.CHECKS] == list(BAD_SERVERS)
    assert [check.name for check in tables.CHECKS] == list(BAD_TABLES)


def test_every_check_is_documented_with_its_level_and_reason() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "capture.md").read_text()
    lines = [f"| `{check.name}` | {check.level}s | {check.why} |" for check in server.CHECKS]
    lines += [f"| `{check.name}` | {check.level}s | {check.why} |" for check in tables.CHECKS]
    assert [line for line in lines if line not in page] == []


@pytest.mark.parametrize("name", BAD_SERVERS)
def test_a_problem_of_the_server_is_found_with_its_mending(name: str) -> None:
    bad, mends = BAD_SERVERS[name]
    [finding] = of_server(bad)
    assert finding.check == name
    assert mends in finding.mends


@pytest.mark.parametrize(
    ("name", "bad", "mends"),
    [(name, bad, mends) for name, cases in BAD_TABLES.items() for bad, mends in cases],
)
def test_a_problem_of_a_table_is_found_with_its_mending(name: str, bad: Table, mends: str) -> None:
    [finding] = [f for f in of_table(bad) if f.check == name]
    assert (finding.table, finding.check) == ("shop.orders", name)
    assert mends in finding.mends


def test_a_table_whose_changes_are_kept_needs_no_key() -> None:
    layout = Layout(append_only=True, on_delete="ignore", partition_by="_changed_at")
    kept = replace(GOOD_TABLE, captured=replace(ORDERS, layout=layout), keys={})
    assert [f.check for f in of_table(kept)] == []
    wrong = replace(kept, captured=replace(ORDERS, layout=replace(layout, partition_by="id")))
    assert [f.check for f in of_table(wrong)] == ["partition"]


def test_an_older_server_does_not_know_every_variable() -> None:
    old = replace(GOOD_SERVER, variables={"log_bin": "ON", "version": "5.7.44-log"})
    assert list(of_server(old)) == []
    assert old.version == (5, 7)


def test_retention_on_rds_is_mended_its_own_way() -> None:
    [finding] = of_server(replace(GOOD_SERVER, retention_s=0, on_rds=True))
    assert finding.mends == "CALL mysql.rds_set_configuration('binlog retention hours', 168)"


def test_a_binlog_that_is_never_purged_is_kept_long_enough() -> None:
    assert list(of_server(replace(GOOD_SERVER, retention_s=None))) == []


def test_newer_servers_write_cascades_to_the_binlog() -> None:
    newer = with_variable("version", "9.6.0")
    cascades = [Cascade("fk", "parent", "CASCADE", "CASCADE")]
    assert list(of_table(replace(GOOD_TABLE, cascades=cascades, server=newer))) == []


def test_a_declared_unique_key_is_a_key() -> None:
    assert list(of_table(with_key("ID", by_id=("id",)))) == []


def test_what_is_accepted_only_warns() -> None:
    accepting = replace(GOOD_TABLE, captured=replace(ORDERS, accept=("engine",)), engine="MyISAM")
    [finding] = of_table(accepting)
    assert finding.level == "warn"
    refuse([finding])


def test_a_problem_of_the_server_is_accepted_by_all_tables_or_not() -> None:
    bad, _ = BAD_SERVERS["compression"]
    careful, careless = ORDERS, replace(ORDERS, accept=("compression",))
    assert [f.level for f in of_server(bad, [careless, careless])] == ["warn"]
    assert [f.level for f in of_server(bad, [careless, careful])] == ["refuse"]


def test_a_refusal_names_the_tables() -> None:
    found = [*of_table(with_key()), *of_server(BAD_SERVERS["gtid"][0])]
    with pytest.raises(DeclarationError, match=r"^not captured: shop.orders\n"):
        refuse(found)


def test_a_finding_says_what_where_and_what_to_do() -> None:
    assert str(Finding("", "gtid", "warn", "is OFF", "SET …")) == "MySQL: is OFF (gtid); SET …"
