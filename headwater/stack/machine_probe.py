"""What the machine says of itself, for `doctor`."""

from __future__ import annotations

import ctypes
import os
import platform
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from headwater.stack import procfs, records

_GB = 1e9


class Probe(Protocol):
    """The questions that checks ask."""

    def platform(self) -> tuple[str, str]:
        """Operating system and processor."""

    def python(self) -> tuple[int, int, int]:
        """Version of the interpreter."""

    def program(self, name: str) -> str | None:
        """Where a program is, if it is."""

    def java_version(self) -> int:
        """Major version of the `java` that Maven would use; 0 without one."""

    def library(self, name: str) -> bool:
        """Whether a shared library can be loaded."""

    def package_available(self, name: str) -> bool:
        """Whether apt can install a package."""

    def is_root(self) -> bool:
        """Whether we may install packages."""

    def writable(self, path: Path) -> bool:
        """Whether files can be made at a path, there already or not."""

    def has_content(self, path: Path) -> bool:
        """Whether a folder holds components already."""

    def free_gb(self, path: Path) -> float:
        """Free disk space."""

    def available_memory_gb(self) -> float:
        """Memory that programs can still take."""

    def holder(self, port: int, data_dir: Path) -> str:
        """Who else listens on a port; empty when nobody does, or a service of this data folder."""


class Machine:
    """This machine."""

    def platform(self) -> tuple[str, str]:
        """See `Probe`."""
        return platform.system(), platform.machine()

    def python(self) -> tuple[int, int, int]:
        """See `Probe`."""
        return sys.version_info[:3]

    def program(self, name: str) -> str | None:
        """See `Probe`."""
        return shutil.which(name)

    def java_version(self) -> int:
        """See `Probe`."""
        home = os.environ.get("JAVA_HOME")
        java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
        if not java:
            return 0
        text = _output([java, "-version"])
        found = re.search(r'version "(?:1\.)?(\d+)', text)
        return int(found.group(1)) if found else 0

    def library(self, name: str) -> bool:
        """See `Probe`."""
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    def package_available(self, name: str) -> bool:
        """See `Probe`."""
        policy = _output(["apt-cache", "policy", name])
        return "Candidate:" in policy and "Candidate: (none)" not in policy

    def is_root(self) -> bool:
        """See `Probe`."""
        return os.geteuid() == 0

    def writable(self, path: Path) -> bool:
        """See `Probe`."""
        there = _nearest(path)
        return there.is_dir() and os.access(there, os.W_OK | os.X_OK)

    def has_content(self, path: Path) -> bool:
        """See `Probe`."""
        return len(list(path.glob("components/*/.complete.json"))) > 5  # noqa: PLR2004 - most of it

    def free_gb(self, path: Path) -> float:
        """See `Probe`."""
        return shutil.disk_usage(_nearest(path)).free / _GB

    def available_memory_gb(self) -> float:
        """See `Probe`: what the kernel and a control group leave."""
        return min(_meminfo(), _cgroup_left())

    def holder(self, port: int, data_dir: Path) -> str:
        """See `Probe`."""
        pid = procfs.listener(port)
        if pid is None or pid in {p.pid for p in records.orphans(data_dir)}:
            return ""
        return procfs.describe(pid)


def _nearest(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    return next(p for p in (path, *path.absolute().parents) if p.exists())


def _meminfo() -> float:
    with suppress(OSError, ValueError):
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024 / _GB
    return float("inf")


def _cgroup_left() -> float:
    group = Path("/sys/fs/cgroup")
    with suppress(OSError, ValueError):  # "max" is no number: no limit
        limit = int((group / "memory.max").read_text())
        return (limit - int((group / "memory.current").read_text())) / _GB
    return float("inf")


def _output(command: list[str]) -> str:
    with suppress(OSError):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr
    return ""
