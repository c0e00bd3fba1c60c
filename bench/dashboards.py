"""How long the dashboards' queries take, on what the lake has, on a day and on a month of history.

The queries are those that a browser sends for a dashboard, as Superset makes SQL of them; each is
asked alone, N times, through PyAthena as Superset does. `--days 1 --days 30` first makes that much
history (bench/history.py) and asks it, too.
Beside a running stack: `.venv/bin/python bench/dashboards.py [--days 30] [--times 5]`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "streaming"), str(ROOT / "tests")]

from headwater import connections, secrets, settings  # noqa: E402 - the path is set above
from headwater.lake.sql import query  # noqa: E402
from headwater.project import DataDir, Project  # noqa: E402
from support.browser import Complaints, Pages, launched  # noqa: E402
from support.dashboards import CHARTS, Dashboards, sign_in  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.connections import Aws, Connections
    from headwater.settings import Settings


def main() -> None:
    """Ask, print; make history, ask it, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, action="append", default=[], metavar="N")
    parser.add_argument("--times", type=int, default=5, metavar="N")
    chosen = parser.parse_args()
    project = Project.find(Path.cwd())
    found, _ = settings.load(root=project.root)
    known = secrets.load_or_create(DataDir(found.data_dir).secrets)
    servers = connections.local(found, known)
    asked = statements(servers, known.superset_viewer.get_secret_value())
    report(servers.aws, found, asked, "the stack's own data", chosen.times)
    for days in chosen.days:
        from history import DATABASE, History  # noqa: PLC0415 - it needs Spark

        os.environ.update(servers.aws.as_environ())
        History(servers.aws, found.database, days).fill(project.root / "sql" / "athena")
        moved = {
            name: sql.replace(f"{found.database}.", f"{DATABASE}.") for name, sql in asked.items()
        }
        report(servers.aws, found, moved, f"{days} days", chosen.times)


def statements(servers: Connections, password: str) -> dict[str, str]:
    """What the dashboards ask: name -> SQL."""
    with launched() as browser:
        page = Pages(browser, Complaints()).open(viewport={"width": 1000, "height": 800})
        sign_in(servers.superset_url, page, "viewer", password)
        view = Dashboards(servers.superset_url, page)
        for slug in CHARTS:
            started = time.monotonic()
            view.open(slug)
            print(f"{slug}: {time.monotonic() - started:.1f} s until all is drawn, in software")
        titles = view.titles()
        asked = {name: answer.get("query") for name, answer in view.answers.items()}
        return {titles.get(name, name): sql for name, sql in asked.items() if sql}


def report(aws: Aws, found: Settings, asked: Mapping[str, str], what: str, times: int) -> None:
    """Print how long each query takes; the slowest last."""
    print(f"\n{what}: ms of {times}")
    lines = []
    for name, sql in asked.items():
        seconds = [_ask(aws, sql.strip().rstrip(";"), found.database) for _ in range(times)]
        lines.append((statistics.median(seconds), min(seconds), max(seconds), name))
    for median, least, most, name in sorted(lines):
        print(
            f"  {name:34} median {1e3 * median:6.0f}  min {1e3 * least:6.0f}  max {1e3 * most:6.0f}"
        )


def _ask(aws: Aws, sql: str, database: str) -> float:
    started = time.monotonic()
    query(aws, sql, database)
    return time.monotonic() - started


if __name__ == "__main__":
    main()
