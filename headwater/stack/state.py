"""The state of a stack as others see it: `<data>/run/stack.json`, written by the supervisor.

read(data_dir)  ->  StackState, or None when no stack ever ran there
"""

from __future__ import annotations

import json
import socket
import time
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from headwater.project import DataDir
from headwater.stack import procfs

if TYPE_CHECKING:
    from pathlib import Path

    from headwater.settings import Settings

FILE = "stack.json"


class State(StrEnum):
    """What a service is doing."""

    WAITING = "waiting"  # for what it depends on
    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"  # it ended; the back-off runs
    FAILED = "failed"  # it ended many times in a row; it is still tried now and then
    STOPPING = "stopping"
    STOPPED = "stopped"


class Phase(StrEnum):
    """What the stack as a whole is doing."""

    STARTING = "starting"
    RUNNING = "running"  # every service has been ready once
    STOPPING = "stopping"
    STOPPED = "stopped"
    KILLED = "killed"  # its supervisor is gone without stopping it


@dataclass(frozen=True)
class ServiceState:
    """One service."""

    state: State = State.WAITING
    since: float = 0.0  # seconds since the epoch
    pid: int = 0
    started: int = 0  # with the pid it names the process, see procfs
    port: int = 0
    restarts: int = 0
    message: str = ""
    memory_mb: int = 0  # its bound
    rss: int = 0  # filled in by read()


@dataclass(frozen=True)
class Deployment:
    """How far the work is that follows the start of the servers."""

    state: str = "waiting"  # waiting, running, done, failed
    message: str = ""
    since: float = 0.0


@dataclass(frozen=True)
class StackState:
    """The whole stack."""

    phase: Phase
    pid: int
    started: int
    stop_limit: float  # seconds that a stop takes at most
    deployment: Deployment = field(default_factory=Deployment)
    services: dict[str, ServiceState] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        """Every service is ready and the deployment is done."""
        services_ready = all(s.state is State.READY for s in self.services.values())
        return self.phase is Phase.RUNNING and services_ready and self.deployment.state == "done"


def write(data_dir: Path, state: StackState) -> None:
    """Replace the state file."""
    path = DataDir(data_dir).run / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(asdict(state), indent=1))
    draft.replace(path)


def read(data_dir: Path) -> StackState | None:
    """The state as it is now: with memory, and without what died together with its supervisor."""
    path = DataDir(data_dir).run / FILE
    if not path.exists():
        return None
    state = _parse(json.loads(path.read_text()))
    memory = procfs.rss_by_group()
    killed = state.phase is not Phase.STOPPED and not procfs.alive(state.pid, state.started)
    services = {
        name: _now(service, memory, killed=killed) for name, service in state.services.items()
    }
    return replace(state, services=services, phase=Phase.KILLED if killed else state.phase)


def services(data_dir: Path) -> list[dict[str, object]]:
    """One row per service, as `status` shows it; none while no stack is up."""
    known = read(data_dir)
    if known is None or known.phase in {Phase.STOPPED, Phase.KILLED}:
        return []
    return [
        {
            "name": name,
            "state": str(service.state),
            "pid": service.pid,
            "port": service.port,
            "up_s": round(time.time() - service.since),
            "restarts": service.restarts,
            "rss_mb": round(service.rss / 1e6),
            "bound_mb": service.memory_mb,
            "message": service.message,
        }
        for name, service in known.services.items()
    ]


def is_left_out(settings: Settings, name: str) -> bool:
    """Whether what runs is without this service: `up --only`, or a profile of docker compose."""
    if settings.hosts == "names":
        return not _is_known(name)
    running = {service["name"] for service in services(settings.data_dir)}
    return bool(running) and name not in running


def _is_known(host: str) -> bool:
    """Whether the containers' name server knows it: only while its container is up."""
    try:
        socket.gethostbyname(host)
    except OSError:
        return False
    return True


def mark_stopped(data_dir: Path) -> None:
    """Write down that nothing runs any more, for a supervisor that could not."""
    known = read(data_dir)
    if known is not None:
        write(data_dir, replace(known, phase=Phase.STOPPED))


def _parse(content: dict[str, object]) -> StackState:
    plain = dict(content)
    deployment = Deployment(**plain.pop("deployment"))  # type: ignore[arg-type]
    services = {
        name: ServiceState(**{**service, "state": State(service["state"])})
        for name, service in plain.pop("services").items()  # type: ignore[attr-defined]
    }
    phase = Phase(str(plain.pop("phase")))
    return StackState(phase=phase, deployment=deployment, services=services, **plain)  # type: ignore[arg-type]


def _now(service: ServiceState, memory: dict[int, int], *, killed: bool) -> ServiceState:
    alive = bool(service.pid) and procfs.alive(service.pid, service.started)
    if killed and not alive:
        return replace(service, state=State.STOPPED, pid=0, rss=0, since=time.time())
    return replace(service, rss=memory.get(service.pid, 0) if alive else 0)
