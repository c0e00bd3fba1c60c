"""The supervisor on tiny real processes: groups, orphans, locks, signals. Everything is polled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from headwater.errors import ServiceError
from headwater.stack import control, procfs, records, state
from headwater.stack.process import ProcessSpawner, last_line, rotate
from headwater.stack.state import Phase, State
from support import stack_tiny

TINY = Path(stack_tiny.__file__)
LIMIT = 20.0


def until(happened: Callable[[], object]) -> None:
    end = time.monotonic() + LIMIT
    while not happened():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    return procfs.stat(pid) is None


class Stack:
    def __init__(self, folder: Path) -> None:
        self.data = folder
        self.started: list[subprocess.Popen[bytes]] = []

    def up(self, *names: str) -> subprocess.Popen[bytes]:
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, str(TINY), str(self.data), *names]
        process = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)
        self.started.append(process)
        until(lambda: self.phase() is Phase.RUNNING and self.read().pid == process.pid)
        return process

    def read(self) -> state.StackState:
        known = state.read(self.data)
        assert known is not None
        return known

    def phase(self) -> Phase | None:
        known = state.read(self.data)
        return known.phase if known else None

    def child(self) -> int:
        return int((self.data / "family" / "child").read_text())


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    made = Stack(tmp_path / "data")
    yield made
    for process in made.started:
        process.kill()
        process.wait()
    records.sweep(made.data, grace=0.0)


def test_a_killed_leader_takes_its_children_along(tmp_path: Path) -> None:
    service = stack_tiny.tiny(tmp_path)["family"]
    child = ProcessSpawner(tmp_path, tmp_path / "log").spawn(service)
    until(service.probe)
    grandchild = int((tmp_path / "family" / "child").read_text())
    os.kill(child.pid, signal.SIGKILL)
    until(lambda: child.poll() is not None)
    until(lambda: gone(grandchild))
    assert child.poll() == -signal.SIGKILL


def test_ctrl_c_stops_everything(stack: Stack) -> None:
    process = stack.up("plain", "family")
    pids = [s.pid for s in stack.read().services.values()] + [stack.child()]
    process.send_signal(signal.SIGINT)
    assert process.wait(LIMIT) == 0
    until(lambda: all(gone(pid) for pid in pids))
    assert stack.phase() is Phase.STOPPED
    assert sorted(p.name for p in (stack.data / "run").iterdir()) == ["stack.json", records.LOCK]


def test_a_second_ctrl_c_does_not_wait(stack: Stack) -> None:
    process = stack.up("stubborn")
    pid = stack.read().services["stubborn"].pid
    process.send_signal(signal.SIGINT)
    until(lambda: stack.phase() is Phase.STOPPING)
    assert not gone(pid)
    process.send_signal(signal.SIGINT)
    assert process.wait(LIMIT) == 0
    assert gone(pid)


def test_down_finds_what_a_killed_supervisor_left(stack: Stack) -> None:
    process = stack.up("plain", "family")
    pids = [s.pid for s in stack.read().services.values()] + [stack.child()]
    process.kill()
    process.wait()
    assert stack.phase() is Phase.KILLED
    assert not any(gone(pid) for pid in pids)
    assert control.stop_running(stack.data).startswith("stopped 3 processes")
    assert all(gone(pid) for pid in pids)
    assert stack.phase() is Phase.STOPPED
    assert control.stop_running(stack.data) == "was not up"


def test_the_next_up_clears_away_what_was_left(stack: Stack) -> None:
    first = stack.up("plain")
    old = stack.read().services["plain"].pid
    first.kill()
    first.wait()
    stack.up("plain")
    assert gone(old)
    assert control.stop_running(stack.data) == "stopped"


def test_children_of_a_leader_that_is_gone_are_found(stack: Stack) -> None:
    process = stack.up("family")
    leader, child = stack.read().services["family"].pid, stack.child()
    process.kill()
    process.wait()
    os.kill(leader, signal.SIGKILL)
    until(lambda: gone(leader))
    assert not gone(child)
    assert [p.pid for p in records.orphans(stack.data)] == [child]
    assert records.sweep(stack.data) == 1
    assert gone(child)


def test_two_supervisors_on_one_folder_are_refused(stack: Stack) -> None:
    process = stack.up("plain")
    refused = rf"already up \(pid {process.pid}\)"
    with pytest.raises(ServiceError, match=refused), records.supervising(stack.data):
        pass


def test_restart_from_another_process(stack: Stack) -> None:
    stack.up("plain", "family")
    before = stack.read().services
    control.request_restart(stack.data, "plain", seconds=LIMIT)
    after = stack.read().services
    assert after["plain"].pid != before["plain"].pid
    assert after["family"].pid == before["family"].pid
    with pytest.raises(ServiceError, match="no service 'plane'"):
        control.request_restart(stack.data, "plane")


def test_a_killed_service_comes_back(stack: Stack) -> None:
    stack.up("plain")
    old = stack.read().services["plain"].pid
    os.kill(old, signal.SIGKILL)

    def again() -> bool:
        now = stack.read().services["plain"]
        return now.state is State.READY and now.pid != old

    until(again)
    assert stack.read().services["plain"].restarts == 1


def test_detached_and_waited_for(stack: Stack) -> None:
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(TINY), str(stack.data), "plain"]
    pid = control.detach(command, stack.data, environ)
    known = control.wait_ready(stack.data, LIMIT, pid=pid)
    assert known.ready
    assert known.services["plain"].rss > 0
    assert control.stop_running(stack.data) == "stopped"


def test_waiting_ends_when_the_supervisor_does(stack: Stack) -> None:
    pid = control.detach([sys.executable, "-c", "raise SystemExit(3)"], stack.data, os.environ)
    with pytest.raises(ServiceError, match="did not start"):
        control.wait_ready(stack.data, LIMIT, pid=pid)


def test_nothing_to_restart_where_nothing_is_up(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="no stack is up"):
        control.request_restart(tmp_path, "mysql")


def test_logs_are_rotated_and_quoted(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    for text in ("one", "two", "three", "four", "five\n\n"):
        rotate(log)
        log.write_text(text)
    assert [(tmp_path / f"x.log.{n}").read_text() for n in (1, 2, 3)] == ["four", "three", "two"]
    assert not (tmp_path / "x.log.4").exists()
    assert last_line(log) == "five"
    assert last_line(tmp_path / "none.log") == ""
    log.write_text("fine\nCaused by: java.net.BindException: in use\n  at x\n... 3 more\n")
    assert last_line(log) == "Caused by: java.net.BindException: in use"


def test_a_stop_may_go_to_the_children(tmp_path: Path) -> None:
    service = replace(stack_tiny.tiny(tmp_path)["family"], stop_children=True)
    child = ProcessSpawner(tmp_path, tmp_path / "log").spawn(service)
    until(service.probe)
    child.terminate()
    until(lambda: child.poll() is not None)
    assert child.poll() == 0  # it ended by itself, after its child
