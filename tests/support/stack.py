"""The running stack as tests see it: the command line, the servers' own clients, no internals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headwater.targets._nifi_api import NifiApi
from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.connections import Connections
    from headwater.settings import Settings

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Stack:
    """One project, deployed and running on this machine."""

    root: Path
    settings: Settings
    connections: Connections

    def cli(self, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run `headwater …` in the project as a user would."""
        return subprocess.run(
            [sys.executable, "-m", "headwater.cli.main", *arguments],
            cwd=self.root,
            env=os.environ.copy(),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def ok(self, *arguments: str, timeout: float = 300) -> str:
        """Run a command that has to succeed; its stdout."""
        done = self.cli(*arguments, timeout=timeout)
        assert done.returncode == 0, (
            f"{arguments}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        )
        return done.stdout

    def status(self) -> dict[str, Any]:
        """`headwater status --output json`."""
        done = self.cli("status", "--output", "json")
        assert done.returncode in (0, 3), done.stderr  # 3: a service is not ready, as tests want it
        document: dict[str, Any] = json.loads(done.stdout)
        return document

    def mysql(self, statement: str, parameters: Sequence[Any] = (), *, database: str = "") -> Rows:
        """Run one statement as MySQL's administrator and commit it."""
        account = self.connections.mysql_root
        with closing(account.connect(database or None)) as connection:
            cursor = connection.cursor()
            cursor.execute(statement, parameters or None)
            return list(cursor.fetchall())

    def sql(self, statement: str) -> Rows:
        """Run one statement through Athena SQL."""
        from headwater.lake.sql import query

        result = query(self.connections.aws, statement, self.settings.database)
        return [tuple(row) for row in result.rows]

    def wait_sql(self, statement: str, expected: Rows, timeout: float = 60) -> None:
        """Wait until Athena SQL gives exactly these rows."""

        def equal() -> bool:
            seen = self.sql(statement)
            if seen != expected:
                raise LookupError(seen)  # so that what was seen last is shown
            return True

        until(equal, f"{statement} = {expected}", timeout, forgive=(Exception,))

    def poll(self, *, running: bool) -> None:
        """Start or stop NiFi's flows."""
        connections = self.connections
        nifi = NifiApi(connections.nifi_url, connections.nifi_login)
        for group in nifi.root()["processGroups"]:
            nifi.schedule(group["id"], "RUNNING" if running else "STOPPED")

    def service(self, name: str) -> dict[str, Any]:
        """One service's entry in the status."""
        found = [s for s in self.status()["services"] if s["name"] == name]
        assert found, f"status lists no service {name}"
        entry: dict[str, Any] = found[0]
        return entry

    def wait_ready(self, name: str, other_than: int = -1, timeout: float = 180) -> dict[str, Any]:
        """Wait until a service is ready (again, with another process than `other_than`)."""

        def ready() -> dict[str, Any] | None:
            entry = self.service(name)
            back = entry["state"] == "ready" and entry["pid"] != other_than
            return entry if back else None

        found = until(ready, f"{name} ready again", timeout)
        assert found is not None
        return found

    def command_lines(self) -> str:
        """The argument lists of all processes of the machine that mention this stack."""
        lines = []
        for place in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                lines.append(place.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            except OSError:  # it has ended meanwhile
                continue
        return "\n".join(line for line in lines if str(self.settings.data_dir) in line)

    def logs(self) -> list[Path]:
        """The log files of the services."""
        return sorted((self.settings.data_dir / "log").glob("*.log"))

    def kill(self, name: str) -> int:
        """Kill -9 a service's process; its pid."""
        pid = int(self.service(name)["pid"])
        os.kill(pid, 9)
        return pid
