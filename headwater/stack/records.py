"""What runs for a data folder: the supervisor's lock, process records, and orphans.

A record (`<data>/run/NAME.json`) holds a pid with its start time, so a reused pid is never taken
for ours. Every process also carries the data folder in its environment: that finds what a record
cannot name, such as the Python children of a NiFi that was killed.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from headwater.errors import ServiceError
from headwater.project import DataDir
from headwater.stack import procfs
from headwater.stack.process import MARK, Child

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LOCK = "supervisor.lock"
ORPHAN_GRACE = 15.0


def write(data_dir: Path, name: str, child: Child) -> None:
    """Record a service's process."""
    content = {"pid": child.pid, "started": child.started}
    (DataDir(data_dir).run / f"{name}.json").write_text(json.dumps(content))


def remove(data_dir: Path, name: str) -> None:
    """Forget a service's process."""
    (DataDir(data_dir).run / f"{name}.json").unlink(missing_ok=True)


@contextmanager
def supervising(data_dir: Path) -> Iterator[None]:
    """Be the only supervisor of a data folder."""
    path = DataDir(data_dir).run / LOCK
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServiceError(
                f"the stack in {data_dir} is already up (pid {_pid_in(path)})",
                remedy="`headwater status` shows it, `headwater down` stops it;"
                " --data-dir and HEADWATER_PORTS__OFFSET make a second one",
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
        file.truncate(0)


def supervisor_pid(data_dir: Path) -> int | None:
    """The pid of the running supervisor: whoever holds the lock."""
    path = DataDir(data_dir).run / LOCK
    if not path.exists():
        return None
    with path.open("r") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _pid_in(path) or None
    return None


def _pid_in(path: Path) -> int:
    with suppress(OSError, ValueError):
        return int(path.read_text())
    return 0


def orphans(data_dir: Path) -> list[procfs.Stat]:
    """The processes of a stack whose supervisor is gone, leaders and children."""
    marked = procfs.with_environment(MARK, str(data_dir))
    known = {process.pid for process in marked}
    leaders = [stat for stat in _recorded(data_dir) if stat.pid not in known]
    return marked + leaders


def _recorded(data_dir: Path) -> Iterator[procfs.Stat]:
    for path in DataDir(data_dir).run.glob("*.json"):
        with suppress(OSError, ValueError, KeyError, TypeError):
            content = json.loads(path.read_text())
            if path.name != "stack.json" and procfs.alive(content["pid"], content["started"]):
                found = procfs.stat(content["pid"])
                if found:
                    yield found


def sweep(
    data_dir: Path,
    *,
    grace: float = ORPHAN_GRACE,
    clock: Callable[[], float] = time.monotonic,
    wait: Callable[[float], None] = time.sleep,
) -> int:
    """Stop the orphans of a data folder, gently first; returns how many there were."""
    found = orphans(data_dir)
    for process in found:
        if process.pid == process.group:
            _signal(process, signal.SIGTERM)
    deadline = clock() + grace
    while (left := orphans(data_dir)) and clock() < deadline:
        leaders = {process.group for process in left if process.pid == process.group}
        for process in left:
            if process.group not in leaders:  # its leader ended without it
                _signal(process, signal.SIGKILL)
        wait(0.1)
    for process in orphans(data_dir):
        _signal(process, signal.SIGKILL)
    for path in DataDir(data_dir).run.glob("*.json"):
        if path.name != "stack.json":
            path.unlink(missing_ok=True)
    return len(found)


def _signal(process: procfs.Stat, number: signal.Signals) -> None:
    if procfs.alive(process.pid, process.started):
        with suppress(ProcessLookupError):
            os.kill(process.pid, number)
