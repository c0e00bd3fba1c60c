"""The supervisor: starts services as what they depend on gets ready, keeps them up, stops them.

It runs in the foreground until SIGINT, SIGTERM or SIGHUP; the second such signal ends everything
at once. The loop only moves state machines on; whatever can block runs beside it.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from headwater.errors import ExitCode, HeadwaterError, ServiceError
from headwater.project import DataDir
from headwater.stack import control, procfs, records, state
from headwater.stack.machine import Change, Machine
from headwater.stack.process import ProcessSpawner, Spawner, last_line
from headwater.stack.state import Deployment, Phase, ServiceState, StackState, State
from headwater.stack.tasks import Task, Tasks, ThreadTasks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path
    from types import FrameType

    from headwater.stack.service import Service

TICK = 0.1
STOP_MARGIN = 2.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
DEPLOYMENT = "deployment"  # the name under which its changes are told


def _nothing() -> None:
    """Deploy nothing."""


@dataclass(frozen=True)
class Surroundings:
    """What the supervisor takes from outside; tests put their own here."""

    spawner: Spawner
    tasks: Tasks = field(default_factory=ThreadTasks)
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    wait: Callable[[float], None] = time.sleep


class Supervisor:
    """Runs a set of services on a data folder."""

    def __init__(
        self,
        services: Mapping[str, Service],
        data_dir: Path,
        *,
        on_ready: Callable[[], None] = _nothing,
        on_change: Callable[[Change], None] = lambda _: None,
        surroundings: Surroundings | None = None,
    ) -> None:
        self.data = DataDir(data_dir)
        self._outside = surroundings or Surroundings(ProcessSpawner(data_dir, self.data.logs))
        self._on_ready, self._on_change = on_ready, on_change
        self._services = _selected(services)
        self._machines = {
            name: Machine(
                service, self._outside.spawner, self._outside.tasks, self._changed, self._last_words
            )
            for name, service in self._services.items()
        }
        self._since: dict[str, float] = {}
        self._deploying: Task[None] | None = None
        self._deployment = Deployment()
        self._stopping = False
        self._stops_asked = 0
        self._stops_seen = 0

    @property
    def stop_limit(self) -> float:
        """Seconds that a stop takes at most: the longest chain of graces."""
        return stop_limit(self._services)

    def run(self) -> ExitCode:
        """Run until asked to stop; leaves no process behind."""
        self.data.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with records.supervising(self.data.path), control.signals(_SIGNALS, self._on_signal):
            swept = records.sweep(self.data.path)
            if swept:
                self._on_change(Change("supervisor", State.STARTING, f"stopped {swept} orphans"))
            control.clear(self.data.path)
            self._write_state()
            try:
                while not self.step():
                    self._outside.wait(TICK)
            finally:
                self._kill_all()
        return ExitCode.DONE

    def step(self) -> bool:
        """One turn of the loop; True when everything is stopped."""
        now = self._outside.clock()
        if self._stops_asked > self._stops_seen:
            self._ask_stop()
        for name in control.restarts(self.data.path):
            if name in self._machines and not self._stopping:
                self._machines[name].stop(now, again=True)
        if self._stopping:
            self._stop_what_may(now)
        for machine in self._machines.values():
            machine.step(now, may_start=not self._stopping and self._may_start(machine))
        if not self._stopping:
            self._deploy()
        done = self._stopping and all(m.settled for m in self._machines.values())
        if done:
            self._write_state()
        return done

    def stop(self) -> None:
        """Ask for a stop; asked again, everything is killed."""
        self._stops_asked += 1

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.stop()

    def _ask_stop(self) -> None:
        self._stops_seen += 1
        if self._stopping or self._stops_asked > 1:
            self._stops_seen = self._stops_asked
            for machine in self._machines.values():
                machine.kill()
        self._stopping = True
        self._write_state()

    def _may_start(self, machine: Machine) -> bool:
        return all(self._machines[n].state is State.READY for n in machine.service.depends_on)

    def _stop_what_may(self, now: float) -> None:
        for name, machine in self._machines.items():
            users = (m for m in self._machines.values() if name in m.service.depends_on)
            if all(user.settled for user in users):
                machine.stop(now)
            elif machine.state is State.STOPPING:
                machine.stop(now)  # it was on its way to a restart

    def _deploy(self) -> None:
        if self._deploying is None:
            needed = (m for m in self._machines.values() if m.service.before_deploy)
            if self._deployment.state == "waiting" and all(m.state is State.READY for m in needed):
                self._deploying = self._outside.tasks.start(self._on_ready)
                self._deployed("running")
        elif self._deploying.done():
            task, self._deploying = self._deploying, None
            try:
                task.result()
            except HeadwaterError as error:
                self._deployed("failed", str(error))
            except Exception as error:  # noqa: BLE001 - the servers stay up for a look
                self._deployed("failed", f"{type(error).__name__}: {error}")
            else:
                self._deployed("done")

    def _deployed(self, result: str, message: str = "") -> None:
        self._deployment = Deployment(result, message, self._outside.now())
        self._write_state()
        states = {"running": State.STARTING, "failed": State.FAILED, "done": State.READY}
        self._on_change(Change(DEPLOYMENT, states[result], message))

    def _changed(self, change: Change) -> None:
        machine = self._machines[change.service]
        if machine.child is None:
            records.remove(self.data.path, change.service)
        else:
            records.write(self.data.path, change.service, machine.child)
        self._since[change.service] = self._outside.now()
        self._write_state()
        self._on_change(change)

    def _last_words(self, name: str) -> str:
        log = self.data.logs / f"{name}.log"
        said = last_line(log)
        return f"its log ends: {said} ({log})" if said else ""

    def _kill_all(self) -> None:
        for machine in self._machines.values():
            if machine.child is not None and machine.child.poll() is None:
                machine.child.kill()

    def _phase(self) -> Phase:
        if self._stopping:
            settled = all(m.settled for m in self._machines.values())
            return Phase.STOPPED if settled else Phase.STOPPING
        ready = all(m.was_ready for m in self._machines.values())
        return Phase.RUNNING if ready else Phase.STARTING

    def _write_state(self) -> None:
        own = procfs.stat(os.getpid())
        services = {name: self._state_of(machine) for name, machine in self._machines.items()}
        stack = StackState(
            phase=self._phase(),
            pid=os.getpid(),
            started=own.started if own else 0,
            stop_limit=self.stop_limit,
            deployment=self._deployment,
            services=services,
        )
        state.write(self.data.path, stack)

    def _state_of(self, machine: Machine) -> ServiceState:
        service, child = machine.service, machine.child
        return ServiceState(
            state=machine.state,
            since=self._since.get(service.name, 0.0),
            pid=child.pid if child else 0,
            started=child.started if child else 0,
            port=next(iter(service.ports.values()), 0),
            restarts=machine.restarts,
            message=machine.message,
            memory_mb=service.memory_mb,
        )


def stop_limit(services: Mapping[str, Service]) -> float:
    """Seconds that stopping these services takes at most."""

    def chain(name: str) -> float:
        users = (n for n, s in services.items() if name in s.depends_on)
        return services[name].stop_grace + max((chain(user) for user in users), default=0.0)

    return max((chain(name) for name in services), default=0.0) + STOP_MARGIN


def _selected(services: Mapping[str, Service]) -> dict[str, Service]:
    """The services, with what each depends on, which has to be among them."""
    for service in services.values():
        missing = set(service.depends_on) - set(services)
        if missing:
            raise ServiceError(f"{service.name} needs {', '.join(sorted(missing))}, not selected")
    return dict(services)


def components_of(services: Iterable[Service]) -> list[str]:
    """The components that services need, each once."""
    return list(dict.fromkeys(name for service in services for name in service.components))
