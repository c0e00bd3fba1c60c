"""Children of the supervisor: each one the leader of its own session and process group."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from headwater.errors import ServiceError
from headwater.settings import env_name
from headwater.stack import procfs

if TYPE_CHECKING:
    from pathlib import Path

    from headwater.stack.service import Service

MARK = "_HEADWATER_STACK"  # in the environment of every process of a stack; value: the data folder
KEPT_LOGS = 3
_TAIL = 16_384
_ERROR = re.compile(r"\bERROR\b|\bFATAL\b|^Caused by|\w(Exception|Error)\b")


class Child(Protocol):
    """A running service."""

    pid: int
    started: int

    def poll(self) -> int | None:
        """The exit code, once it ended; by then nothing of its group is left."""

    def terminate(self) -> None:
        """Ask it to end: the leader, which ends its children, or the other way round."""

    def kill(self) -> None:
        """End the whole group at once."""


class Spawner(Protocol):
    """Starts services."""

    def spawn(self, service: Service) -> Child:
        """Start a service, with its output in its log file."""


class GroupChild:
    """A real child process and its group."""

    def __init__(self, process: subprocess.Popen[bytes], *, stop_children: bool = False) -> None:
        self._process, self._stop_children = process, stop_children
        self.pid = process.pid
        found = procfs.stat(process.pid)
        self.started = found.started if found else 0

    def poll(self) -> int | None:
        """See `Child`; the group ends before the leader is reaped, while its id is surely ours."""
        if self._process.returncode is not None:
            return self._process.returncode
        ended = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended is None:
            return None
        self.kill()
        return self._process.wait()

    def terminate(self) -> None:
        """See `Child`."""
        children = [p for p in procfs.group(self.pid) if p.pid != self.pid]
        if not (self._stop_children and children):
            self._process.terminate()
            return
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGTERM)

    def kill(self) -> None:
        """See `Child`."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


class ProcessSpawner:
    """Starts real processes."""

    def __init__(self, data_dir: Path, logs: Path) -> None:
        self._data_dir, self._logs = data_dir, logs
        self._begun: set[str] = set()

    def spawn(self, service: Service) -> GroupChild:
        """See `Spawner`; the first start of a service begins a new log file."""
        require_free(service)
        service.cwd.mkdir(parents=True, exist_ok=True)
        log = self._logs / f"{service.name}.log"
        if service.name not in self._begun:
            rotate(log)
            self._begun.add(service.name)
        try:
            with log.open("ab") as output:
                process = subprocess.Popen(
                    service.command,
                    cwd=service.cwd,
                    env={**service.env, MARK: str(self._data_dir)},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        except OSError as error:
            raise ServiceError(
                f"{service.name}: {service.command[0]} cannot be started: {error}",
                remedy="`headwater doctor` checks the installation",
            ) from error
        return GroupChild(process, stop_children=service.stop_children)


def require_free(service: Service) -> None:
    """Refuse to start a service on a port that somebody else serves."""
    for name, port in service.ports.items():
        pid = procfs.listener(port)
        if pid is not None:
            raise ServiceError(
                f"{service.name}: port {port} is taken by {procfs.describe(pid)}",
                remedy=f"stop that, or set {env_name(f'ports.{name}')} or HEADWATER_PORTS__OFFSET",
            )


def rotate(log: Path, kept: int = KEPT_LOGS) -> None:
    """Move NAME.log to NAME.log.1 and so on; the oldest goes."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if not log.exists() or not log.stat().st_size:
        return
    for number in range(kept - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number + 1}"))
    log.replace(log.with_name(f"{log.name}.1"))


def last_line(log: Path, limit: int = 200) -> str:
    """The last line of a log that names an error, or else that says anything."""
    with suppress(OSError), log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _TAIL))
        lines = [line.strip()[:limit] for line in file.read().decode(errors="replace").splitlines()]
        errors = [line for line in lines if _ERROR.search(line)]
        return next((line for line in reversed(errors or lines) if line), "")
    return ""
