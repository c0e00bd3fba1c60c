"""What `headwater verify` costs per million rows: MySQL's side, the lake's side, the whole.

A table of ROWS rows is made and captured, unless the last run left it, and compared; nothing else
changes it. Beside a running stack: `.venv/bin/python bench/verify.py [ROWS] [--keep]`.
"""

# ruff: noqa: S608 - names of our own

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from headwater import connections, secrets, settings
from headwater.lake import tables
from headwater.lake.verify import Options, verify_tables
from headwater.lake.verify.report import Counts
from headwater.lake.verify.shape import read_shape
from headwater.lake.verify.sides import LakeSide, MySqlSide
from headwater.project import DataDir, Project

if TYPE_CHECKING:
    from headwater.connections import Connections

ROWS = next((int(argument) for argument in sys.argv[1:] if argument.isdigit()), 1_000_000)
SCHEMA, TABLE = "bench_verify", f"orders_{ROWS}"  # what a run of another size left stays apart
COLUMNS = """
id BIGINT UNSIGNED PRIMARY KEY, customer INT NOT NULL, status ENUM('new','paid','sent') NOT NULL,
amount DECIMAL(12,2) NOT NULL, quantity SMALLINT, note VARCHAR(60), ordered_at DATETIME(6) NOT NULL,
paid_at TIMESTAMP NULL, weight DOUBLE, country CHAR(2)
"""
ROW = """
SELECT n, n * 7919 % 100003, 1 + n % 3, n % 99991 / 7, n % 50, CONCAT('order number ', n),
TIMESTAMP('2026-01-01') + INTERVAL n * 1000003 MICROSECOND, NOW(), n / 3, 'CH'
"""
STEP = 50_000


def main() -> None:
    """Make the table, compare, print."""
    found, _ = settings.load(root=Project.find(Path.cwd()).root)
    servers = connections.local(found, secrets.load_or_create(DataDir(found.data_dir).secrets))
    if _count(servers) != ROWS:
        _fill(servers, ROWS)
    begun = time.monotonic()
    _headwater("capture", f"{SCHEMA}.{TABLE}", "--wait")
    print(f"captured {ROWS:,} rows in {time.monotonic() - begun:.0f} s")
    try:
        _compare(servers, ROWS, found.topic_prefix)
    finally:
        if "--keep" not in sys.argv:
            _headwater("release", f"{SCHEMA}.{TABLE}")
            with closing(servers.mysql_root.connect()) as mysql:
                mysql.cursor().execute(f"DROP DATABASE {SCHEMA}")


def _compare(servers: Connections, rows: int, prefix: str) -> None:
    (table,) = [t for t in tables.captured(servers.aws) if t.name == f"{SCHEMA}.{TABLE}"]
    options = Options()
    chunks = max(1, rows // options.chunk_rows)
    with closing(servers.mysql.connect()) as mysql, mysql.cursor() as cursor:
        shape = read_shape(cursor, servers.aws, table)
        begun = time.monotonic()
        summed = Counts()
        for _ in MySqlSide(cursor, shape, chunks, options.page_rows).count(summed):
            pass
        _print("MySQL's side", time.monotonic() - begun, summed.rows)
        begun = time.monotonic()
        counted = LakeSide(servers.aws, shape, chunks, None).counts().rows
        _print("the lake's side", time.monotonic() - begun, counted)
    begun = time.monotonic()
    (report,) = verify_tables(servers, [table], prefix, lambda _: None, options)
    _print(
        f"verify ({'different' if report.different else 'equal'})", time.monotonic() - begun, rows
    )


def _print(what: str, seconds: float, rows: int) -> None:
    print(f"{what}: {rows:,} rows in {seconds:.1f} s, {seconds / rows * 1e6:.1f} s a million")


def _count(servers: Connections) -> int:
    from pymysql.err import MySQLError  # noqa: PLC0415

    with closing(servers.mysql_root.connect()) as mysql, mysql.cursor() as cursor:
        try:
            cursor.execute(f"SELECT COUNT(*) FROM {SCHEMA}.{TABLE}")
        except MySQLError:
            return 0
        ((count,),) = cursor.fetchall()
        return int(count)


def _fill(servers: Connections, rows: int) -> None:
    with closing(servers.mysql_root.connect()) as mysql, mysql.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {SCHEMA}")
        cursor.execute(f"CREATE DATABASE {SCHEMA}")
        cursor.execute(f"CREATE TABLE {SCHEMA}.{TABLE} ({COLUMNS})")
        # rows of long ago: only a snapshot reads them
        cursor.execute("SET SESSION sql_log_bin = 0")
        cursor.execute(f"SET SESSION cte_max_recursion_depth = {STEP}")
        for first in range(0, rows, STEP):
            last = min(first + STEP, rows) - 1
            numbers = f"SELECT {first} UNION ALL SELECT n + 1 FROM s WHERE n < {last}"
            cursor.execute(
                f"INSERT INTO {SCHEMA}.{TABLE} WITH RECURSIVE s (n) AS ({numbers}) {ROW} FROM s"
            )


def _headwater(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "headwater.cli.main", *arguments], check=True)


if __name__ == "__main__":
    main()
