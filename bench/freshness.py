"""Commit-to-SQL freshness of single-row updates on the running stack.

For each of N updates: commit in MySQL, then ask through PyAthena until the new value comes back.
Run beside a stack that `headwater up` started: `.venv/bin/python bench/freshness.py [N]`.
"""

from __future__ import annotations

import statistics
import sys
import time
from contextlib import closing
from pathlib import Path

from headwater import connections, secrets, settings
from headwater.lake.sql import query
from headwater.project import DataDir, Project

KEY = "zzbenc"


def main() -> None:
    """Measure and print the percentiles."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    found, _ = settings.load(root=Project.find(Path.cwd()).root)
    known = secrets.load_or_create(DataDir(found.data_dir).secrets)
    servers = connections.local(found, known)
    seconds, queries = [], []
    with closing(servers.mysql_root.connect(found.database)) as mysql:
        cursor = mysql.cursor()
        cursor.execute(
            "INSERT INTO flights (icao24, origin_country, last_contact, polled_at) "
            "VALUES (%s, 'Bench', '2037-01-01', '2037-01-01') "
            "ON DUPLICATE KEY UPDATE origin_country = 'Bench'",
            (KEY,),
        )
        for number in range(count):
            value = f"B{number}"
            cursor.execute("UPDATE flights SET callsign = %s WHERE icao24 = %s", (value, KEY))
            committed = time.monotonic()
            seen = None
            while seen != value:
                asked = time.monotonic()
                rows = query(
                    servers.aws,
                    f"SELECT callsign FROM flights WHERE icao24 = '{KEY}'",  # noqa: S608 - a constant
                    found.database,
                ).rows
                queries.append(time.monotonic() - asked)
                seen = rows[0][0] if rows else None
            seconds.append(time.monotonic() - committed)
        cursor.execute("DELETE FROM flights WHERE icao24 = %s", (KEY,))
    report("commit to SQL", seconds)
    report("of it one query", queries)


def report(what: str, seconds: list[float]) -> None:
    """Print count, median and 95th percentile."""
    cuts = statistics.quantiles(seconds, n=20)
    print(
        f"{what}: n={len(seconds)} p50={statistics.median(seconds):.2f} s "
        f"p95={cuts[18]:.2f} s max={max(seconds):.2f} s"
    )


if __name__ == "__main__":
    main()
