"""A made-up world for the supervisor: time, processes and tasks that tests move by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from headwater.stack.machine import Change
from headwater.stack.service import Service
from headwater.stack.supervisor import Supervisor, Surroundings
from headwater.stack.tasks import Task

Result = TypeVar("Result")


class FakeTask:
    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work

    def done(self) -> bool:
        return True

    def result(self) -> object:
        return self._work()


class FakeTasks:
    def start(self, work: Callable[[], Result]) -> Task[Result]:
        return FakeTask(work)  # type: ignore[return-value]


class FakeChild:
    def __init__(self, name: str, pid: int, *, stubborn: bool) -> None:
        self.name, self.pid, self.started = name, pid, 7
        self.code: int | None = None
        self.told: list[str] = []
        self._stubborn = stubborn

    def poll(self) -> int | None:
        return self.code

    def terminate(self) -> None:
        self.told.append("terminate")
        if not self._stubborn:
            self.code = 0

    def kill(self) -> None:
        self.told.append("kill")
        self.code = -9


class FakeSpawner:
    def __init__(self) -> None:
        self.children: list[FakeChild] = []
        self.stubborn: set[str] = set()

    def spawn(self, service: Service) -> FakeChild:
        stubborn = service.name in self.stubborn
        child = FakeChild(service.name, 4_000_000 + len(self.children), stubborn=stubborn)
        self.children.append(child)
        return child

    def of(self, name: str) -> FakeChild:
        return [child for child in self.children if child.name == name][-1]

    def count(self, name: str) -> int:
        return sum(child.name == name for child in self.children)


class World:
    """A supervisor with everything around it; `run` lets time pass in small steps."""

    def __init__(
        self, folder: Path, *services: Service, on_ready: Callable[[], None] = lambda: None
    ) -> None:
        self.time = 1000.0
        self.spawner = FakeSpawner()
        self.changes: list[Change] = []
        (folder / "run").mkdir(parents=True)
        self.folder = folder
        surroundings = Surroundings(
            self.spawner, FakeTasks(), clock=lambda: self.time, now=lambda: self.time
        )
        self.supervisor = Supervisor(
            {service.name: service for service in services},
            folder,
            on_ready=on_ready,
            on_change=self.changes.append,
            surroundings=surroundings,
        )
        self.done = False

    def run(self, seconds: float) -> None:
        """Step until the time has passed or everything is stopped."""
        end = self.time + seconds
        while self.time < end and not self.done:
            self.done = self.supervisor.step()
            self.time += 0.1

    def history(self, *states: str) -> list[str]:
        """The changes as `service state`, of the given states."""
        seen = [f"{c.service} {c.state}" for c in self.changes if c.state in states]
        return list(dict.fromkeys(seen))


def a_service(
    name: str, *needs: str, probe: Callable[[], bool] = lambda: True, **more: object
) -> Service:
    """A service that is ready at once."""
    return Service(name, ("true",), probe, Path("/"), depends_on=needs, **more)  # type: ignore[arg-type]
