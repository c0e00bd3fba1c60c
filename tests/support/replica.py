"""A second MySQL server that replicates the first, and can take its place."""

from __future__ import annotations

import re
import shutil
import subprocess
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headwater.project import Project
from headwater.stack.servers import mysql as servers
from headwater.stack.service import Site
from support.taken import frozen
from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from headwater.connections import MySql
    from support.stack import Rows, Stack

PORT = 7  # beside the first server's
_NOT_COPIED = ("auto.cnf", "mysqld.pid", "*.sock", "*.sock.lock")


@dataclass(frozen=True)
class Server:
    """One of the two, as its administrator."""

    account: MySql
    debezium: MySql

    def run(self, statement: str) -> Rows:
        """One statement; its rows."""
        with closing(self.account.connect()) as connection:
            cursor = connection.cursor()
            cursor.execute(statement)
            return list(cursor.fetchall())

    def executed(self) -> str:
        """The transactions that it has."""
        return str(self.run("SELECT @@gtid_executed")[0][0]).replace("\n", "")

    def follow(self, other: Server) -> None:
        """Replicate the other one."""
        source, password = other.debezium, other.debezium.password.get_secret_value()
        self.run(
            f"CHANGE REPLICATION SOURCE TO SOURCE_HOST = '{source.host}', "
            f"SOURCE_PORT = {source.port}, SOURCE_USER = '{source.user}', "
            f"SOURCE_PASSWORD = '{password}', SOURCE_SSL = 1, SOURCE_AUTO_POSITION = 1"
        )
        self.run("START REPLICA")

    def take_over(self, other: Server) -> None:
        """Take the place of the other one, which writes no more, with all that it has."""
        other.run("SET GLOBAL super_read_only = ON")
        wait = f"SELECT WAIT_FOR_EXECUTED_GTID_SET('{other.executed()}', 120)"
        assert self.run(wait) == [(0,)], self.run("SHOW REPLICA STATUS")
        self.run("STOP REPLICA")
        self.run("RESET REPLICA ALL")
        self.run("SET GLOBAL super_read_only = OFF")
        self.run("SET GLOBAL read_only = OFF")

    def newest_log(self) -> int:
        """The number of its newest binlog file."""
        return int(self.run("SHOW BINARY LOGS")[-1][0].rpartition(".")[2])


def of(stack: Stack, port: int = 0) -> Server:
    """The stack's own server, or that at another port."""
    known = stack.connections
    port = port or known.mysql_root.port
    return Server(replace(known.mysql_root, port=port), replace(known.mysql_debezium, port=port))


@contextmanager
def replica(stack: Stack) -> Iterator[Server]:
    """A copy of the first server, started beside it with a binlog that begins anew."""
    service = servers.mysql(Site(stack.settings, Project(stack.root)))
    folder = stack.settings.data_dir / "replica"
    shutil.rmtree(folder, ignore_errors=True)
    stack.mysql("FLUSH BINARY LOGS")
    with frozen(int(stack.service("mysql")["pid"])):
        # As a power cut would leave it: the server mends that when it starts.
        ignored = shutil.ignore_patterns(*_NOT_COPIED)
        shutil.copytree(service.cwd / "data", folder / "data", ignore=ignored)
    found = of(stack, stack.connections.mysql_root.port + PORT)
    configuration = _configuration(service.cwd / "my.cnf", folder, found.account.port)
    log = (folder / "mysqld.log").open("w")
    command = [service.command[0], f"--defaults-file={configuration}", "--skip-replica-start"]
    with (
        log,
        subprocess.Popen(command, env=dict(service.env), stdout=log, stderr=log) as process,
    ):
        try:
            until(found.executed, "the second server answers", forgive=(Exception,))
            executed = found.executed()
            found.run("RESET MASTER")
            found.run(f"SET GLOBAL gtid_purged = '{executed}'")
            yield found
        finally:
            process.terminate()
            process.wait(60)
    shutil.rmtree(folder)


def _configuration(first: Path, folder: Path, port: int) -> Path:
    text = first.read_text()
    socket = re.search(r"^socket=(.*)$", text, re.MULTILINE)
    assert socket
    changes = {
        "datadir": folder / "data",
        "pid-file": folder / "mysqld.pid",
        "socket": f"{socket[1]}-2",
        "port": port,
        "server-id": 2,
    }
    for name, value in changes.items():
        text = re.sub(rf"^{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
    place = folder / "my.cnf"
    place.write_text(text)
    return place
