"""Event histories of the supervisor, replayed with made-up time and processes."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from headwater.errors import ServiceError
from headwater.stack import control, state
from headwater.stack.state import Phase, State
from headwater.stack.supervisor import Supervisor, components_of, stop_limit
from support.stack_fakes import World, a_service


def test_starts_in_dependency_order_as_soon_as_each_is_ready(tmp_path: Path) -> None:
    kafka_answers: list[bool] = []
    world = World(
        tmp_path / "d",
        a_service("connect", "kafka"),
        a_service("kafka", probe=lambda: bool(kafka_answers)),
        a_service("mysql"),
    )
    world.run(3)
    assert world.history("ready") == ["mysql ready"]
    assert world.spawner.count("connect") == 0
    kafka_answers.append(True)
    world.run(2)
    assert world.history("ready") == [
        "mysql ready",
        "kafka ready",
        "connect ready",
        "deployment ready",
    ]


def test_stops_in_reverse_order(tmp_path: Path) -> None:
    world = World(tmp_path / "d", a_service("kafka"), a_service("connect", "kafka"))
    world.run(2)
    world.supervisor.stop()
    world.run(5)
    assert world.done
    assert world.history("stopped") == ["connect stopped", "kafka stopped"]
    written = state.read(world.folder)
    assert written is not None
    assert written.phase is Phase.STOPPED


def test_a_service_that_dies_is_restarted_with_growing_pauses(tmp_path: Path) -> None:
    world = World(tmp_path / "d", a_service("nifi"))
    world.run(1)
    starts = [world.time]
    for _ in range(4):
        world.spawner.of("nifi").code = 1
        count = world.spawner.count("nifi")
        while world.spawner.count("nifi") == count:
            world.run(0.1)
        starts.append(world.time)
        world.run(1)
    pauses = [round(b - a) for a, b in itertools.pairwise(starts)]
    assert pauses == [1, 3, 5, 9]  # one second of life, then 1, 2, 4, 8 seconds of back-off


def test_a_healthy_minute_resets_the_pause(tmp_path: Path) -> None:
    world = World(tmp_path / "d", a_service("nifi"))
    world.run(1)
    for _ in range(3):
        world.spawner.of("nifi").code = 1
        world.run(10)
    world.run(70)
    world.spawner.of("nifi").code = 1
    world.run(2)
    assert world.spawner.count("nifi") == 5
    assert "(again in 1 s)" in [c.message for c in world.changes if c.state == "restarting"][-1]


def test_repeated_failures_are_called_failed_and_still_retried(tmp_path: Path) -> None:
    def prepare() -> None:
        raise ServiceError("no room", remedy="make some")

    world = World(tmp_path / "d", a_service("mysql", prepare=prepare))
    world.run(200)
    failed = [c for c in world.changes if c.state == "failed"]
    assert len(failed) >= 4
    assert "no room" in failed[-1].message
    assert "again in 30 s" in failed[-1].message
    assert world.spawner.children == []


def test_a_service_that_never_answers_is_killed_and_tried_again(tmp_path: Path) -> None:
    world = World(tmp_path / "d", a_service("trino", probe=lambda: False, start_timeout=5.0))
    world.run(8)
    assert world.spawner.children[0].told == ["kill"]
    assert world.spawner.count("trino") == 2
    assert "did not answer within 5 s" in next(
        c.message for c in world.changes if c.state == "restarting"
    )


def test_a_probe_that_raises_is_not_ready(tmp_path: Path) -> None:
    def refuse() -> bool:
        raise ConnectionRefusedError("nobody there")

    world = World(tmp_path / "d", a_service("s3", probe=refuse))
    world.run(5)
    assert world.history("ready") == []
    assert world.spawner.count("s3") == 1


def test_a_stubborn_service_is_killed_after_its_grace(tmp_path: Path) -> None:
    world = World(tmp_path / "d", a_service("mysql", stop_grace=3.0))
    world.spawner.stubborn.add("mysql")
    world.run(1)
    world.supervisor.stop()
    world.run(2)
    assert world.spawner.of("mysql").told == ["terminate"]
    world.run(3)
    assert world.spawner.of("mysql").told == ["terminate", "kill"]
    assert world.done


def test_the_second_stop_kills_at_once(tmp_path: Path) -> None:
    world = World(tmp_path / "d", a_service("kafka"), a_service("connect", "kafka"))
    world.spawner.stubborn |= {"kafka", "connect"}
    world.run(1)
    world.supervisor.stop()
    world.run(1)
    assert world.history("stopped") == []
    world.supervisor.stop()
    world.run(0.5)
    assert world.done
    assert world.spawner.of("connect").told == ["terminate", "kill"]
    assert "kill" in world.spawner.of("kafka").told


def test_a_stop_while_starting_or_waiting_ends_too(tmp_path: Path) -> None:
    world = World(
        tmp_path / "d", a_service("kafka", probe=lambda: False), a_service("connect", "kafka")
    )
    world.run(1)
    world.supervisor.stop()
    world.run(2)
    assert world.done
    assert world.spawner.count("connect") == 0


def test_restart_on_request_leaves_the_others_alone(tmp_path: Path) -> None:
    world = World(tmp_path / "d", a_service("kafka"), a_service("connect", "kafka"))
    world.run(1)
    requests = world.folder / "run" / control.FOLDER
    requests.mkdir()
    (requests / "kafka").touch()
    (requests / "unknown").touch()
    world.run(2)
    assert list(requests.iterdir()) == []
    assert (world.spawner.count("kafka"), world.spawner.count("connect")) == (2, 1)
    assert world.supervisor._machines["kafka"].restarts == 0
    assert world.supervisor._machines["kafka"].state is State.READY


def test_deployment_runs_once_when_what_it_needs_is_ready(tmp_path: Path) -> None:
    deployed: list[str] = []
    world = World(
        tmp_path / "d",
        a_service("mysql"),
        a_service("job", probe=lambda: bool(deployed), before_deploy=False),
        on_ready=lambda: deployed.append("done"),
    )
    world.run(3)
    world.spawner.of("mysql").code = 1
    world.run(5)
    assert deployed == ["done"]
    written = state.read(world.folder)
    assert written is not None
    assert (written.phase, written.deployment.state) == (Phase.RUNNING, "done")


def test_a_failed_deployment_leaves_the_servers_up(tmp_path: Path) -> None:
    def refuse() -> None:
        raise ServiceError("NiFi refused the flow")

    world = World(tmp_path / "d", a_service("nifi"), on_ready=refuse)
    world.run(3)
    written = state.read(world.folder)
    assert written is not None
    assert written.deployment.state == "failed"
    assert "refused the flow" in written.deployment.message
    assert world.supervisor._machines["nifi"].state is State.READY


def test_what_is_needed_has_to_be_selected(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="connect needs kafka"):
        Supervisor({"connect": a_service("connect", "kafka")}, tmp_path)


def test_the_stop_limit_is_the_longest_chain() -> None:
    services = {
        s.name: s
        for s in (
            a_service("kafka", stop_grace=20.0),
            a_service("connect", "kafka", stop_grace=15.0),
            a_service("mysql", stop_grace=30.0),
        )
    }
    assert stop_limit(services) == 20 + 15 + 2


def test_components_are_named_once() -> None:
    rows = [a_service("a", components=("jdk25", "x")), a_service("b", components=("jdk25", "y"))]
    assert components_of(rows) == ["jdk25", "x", "y"]
