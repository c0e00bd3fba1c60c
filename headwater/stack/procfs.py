"""What /proc says about processes: who they are, what they belong to, what memory they take."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PROC = Path("/proc")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Stat:
    """The fields of /proc/<pid>/stat that we use."""

    pid: int
    state: str
    group: int
    started: int  # clock ticks after boot: with the pid it names a process for good
    rss: int
    cpu_ticks: int


def stat(pid: int) -> Stat | None:
    """A process, or None when there is none (a zombie counts as none)."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()
    if fields[0] in {"Z", "X"}:
        return None
    cpu = int(fields[11]) + int(fields[12])
    return Stat(pid, fields[0], int(fields[2]), int(fields[19]), int(fields[21]) * _PAGE, cpu)


def processes() -> Iterator[Stat]:
    """Every process."""
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (found := stat(int(entry.name))):
            yield found


def group(leader: int) -> list[Stat]:
    """The members of a process group."""
    return [process for process in processes() if process.group == leader]


def alive(pid: int, started: int) -> bool:
    """Whether the process is the one that was recorded and still runs."""
    found = stat(pid)
    return found is not None and found.started == started


def rss_by_group() -> dict[int, int]:
    """Resident bytes of every process group."""
    total: dict[int, int] = {}
    for process in processes():
        total[process.group] = total.get(process.group, 0) + process.rss
    return total


def with_environment(name: str, value: str) -> list[Stat]:
    """The processes whose environment holds `name=value` (others than this one)."""
    wanted = f"{name}={value}".encode()
    found = []
    for process in processes():
        with suppress(OSError):  # other users' processes, and those that just ended
            environ = (PROC / str(process.pid) / "environ").read_bytes()
            if wanted in environ.split(b"\0") and process.pid != os.getpid():
                found.append(process)
    return found


def command_of(pid: int) -> str:
    """The program of a process, for people."""
    with suppress(OSError):
        words = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
        return Path(words[0].decode(errors="replace")).name
    return "?"


def describe(pid: int) -> str:
    """A process, for people; 0 is one that may not be looked at."""
    return f"{command_of(pid)} (pid {pid})" if pid else "another user's process"


def listener(port: int) -> int | None:
    """The pid that listens on a TCP port; 0 when another user's process does, None when nobody."""
    inodes = {
        inode for table in ("tcp", "tcp6") for inode in _listening(PROC / "net" / table, port)
    }
    if not inodes:
        return None
    links = {f"socket:[{inode}]" for inode in inodes}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                if any(str(fd.readlink()) in links for fd in (entry / "fd").iterdir()):
                    return int(entry.name)
    return 0


def _listening(table: Path, port: int) -> Iterator[str]:
    with suppress(OSError):
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]
