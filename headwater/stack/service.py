"""What a service is: data about how to prepare, start, probe, bound and stop one server."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from headwater import connections as servers
from headwater import secrets as secret_store
from headwater.errors import ServiceError
from headwater.project import DataDir, Project
from headwater.settings import Settings, env_name, names, value_of
from headwater.stack import wheels
from headwater.stack.components import Store

if TYPE_CHECKING:
    from headwater.connections import Connections
    from headwater.secrets import Secrets

TEMPLATES = Path(__file__).with_name("templates")
# The rest of the caller's environment stays out: an AWS_PROFILE or JAVA_TOOL_OPTIONS of the user
# must not change how the stack runs.
_INHERITED = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "TMPDIR", "SHELL")

Probe = Callable[[], bool]  # True when the server answers; may raise anything while it does not


def _nothing() -> None:
    """Need no preparation."""


@dataclass(frozen=True)
class Service:
    """One row of the table of services."""

    name: str
    command: tuple[str, ...]
    probe: Probe
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    components: tuple[str, ...] = ()
    ports: Mapping[str, int] = field(default_factory=dict)  # setting below `ports` -> number
    depends_on: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    prepare: Callable[[], None] = _nothing
    memory_mb: int = 0  # what its heap limits and settings allow it, stacks and code included
    start_timeout: float = 300.0  # from its start until its probe answers
    stop_grace: float = 10.0  # from SIGTERM until SIGKILL
    stop_children: bool = False  # SIGTERM goes to its children, whose end is also its own
    before_deploy: bool = True  # the deployment needs it ready


@dataclass(frozen=True)
class Site:
    """Where a stack lives: everything that the rows of the table are computed from."""

    settings: Settings
    project: Project

    @cached_property
    def data(self) -> DataDir:
        """The data folder."""
        return DataDir(self.settings.data_dir)

    @cached_property
    def secrets(self) -> Secrets:
        """The installation's secrets; made here at the first use."""
        return secret_store.load_or_create(self.data.secrets)

    @cached_property
    def connections(self) -> Connections:
        """How to reach every server."""
        return servers.local(self.settings, self.secrets)

    @cached_property
    def store(self) -> Store:
        """The cache of components."""
        return Store.of(self.settings, self.project)

    def home(self, component: str) -> Path:
        """Where a component is installed."""
        return self.store.home(component)

    def program(self, component: str, name: str) -> str:
        """A program of a component."""
        return str(self.home(component) / "bin" / name)

    @property
    def python(self) -> str:
        """An interpreter that cannot import our own packages."""
        return base_python()

    @property
    def bind(self) -> str:
        """The address that servers listen on."""
        return servers.bind(self.settings)

    def host(self, name: str) -> str:
        """Where the others find a service."""
        return servers.host(self.settings, name)

    def java_home(self, version: int) -> Path:
        """The JRE of a version (17 or 25)."""
        return wheels.java_runtime(self.home(f"jdk{version}"))

    def java(self, version: int) -> str:
        """The `java` program of a version."""
        return str(self.java_home(version) / "bin" / "java")

    def shared_classes(self, name: str, component: str) -> tuple[str, ...]:
        """JVM options that keep a server's loaded classes: later starts take half the CPU.

        The JVM writes the archive when it first ends, the header last: one cut short is no
        archive. It pays where the class path's own loader loads the classes, not for NiFi or Trino.
        """
        key = f"{name}-{self.home(component).name}"
        archive = self.settings.cache_dir / "shared-classes" / f"{key}.jsa"
        archive.parent.mkdir(parents=True, exist_ok=True)
        quiet = ("-Xlog:cds=off", "-Xlog:cds+dynamic=off")
        return ("-XX:+AutoCreateSharedArchive", f"-XX:SharedArchiveFile={archive}", *quiet)

    def port(self, name: str) -> int:
        """The effective port of a service."""
        return self.settings.ports.port(name)

    def ports(self, *names: str) -> dict[str, int]:
        """The effective ports of these names; the first is the main one."""
        return {name: self.port(name) for name in names}

    def url(self, name: str, path: str = "") -> str:
        """The URL of a service."""
        return f"http://{self.host(name)}:{self.port(name)}{path}"

    def base_env(self) -> dict[str, str]:
        """What every process gets of the caller's environment, in UTC."""
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return {"PATH": os.defpath, **inherited, "TZ": "UTC", "LC_ALL": "C.UTF-8"}

    def our_env(self) -> dict[str, str]:
        """For our own processes: every setting that is not the default, and unbuffered output."""
        changed = {
            env_name(name): _plain(value_of(self.settings, name))
            for name, default, _ in names()
            if value_of(self.settings, name) != default
        }
        data_dir = {env_name("data_dir"): str(self.data.path)}
        return {**self.base_env(), **changed, **data_dir, "PYTHONUNBUFFERED": "1"}

    def render(self, template: Path | str, target: Path, **values: object) -> Path:
        """Fill the `{{name}}` placeholders of a template and write it with mode 0600."""
        source = template if isinstance(template, Path) else TEMPLATES / template
        write_private(target, fill(source.read_text(), values, source))
        return target


def fill(text: str, values: Mapping[str, object], source: Path) -> str:
    """Fill the `{{name}}` placeholders of a text; one without a value is an error."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in values:
            raise ServiceError(
                f"{source}: nothing is known for the placeholder {name!r}",
                remedy=f"known: {', '.join(sorted(values))}",
            )
        return str(values[name])

    return re.sub(r"\{\{(\w+)\}\}", value, text)


def write_private(target: Path, text: str) -> None:
    """Write a file that only this user can read."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def base_python() -> str:
    """The interpreter below the virtual environment: it cannot import our own packages."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def _plain(value: object) -> str:
    secret = getattr(value, "get_secret_value", None)
    return str(secret()) if secret else str(value)
