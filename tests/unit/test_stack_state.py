"""Who runs: the supervisor's file, or the containers' name server."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from headwater.settings import Settings
from headwater.stack import procfs, state
from headwater.stack.state import Phase, ServiceState, StackState


def running(folder: Path, *names: str) -> Settings:
    process = procfs.stat(os.getpid())
    assert process is not None
    services = {name: ServiceState(state.State.READY) for name in names}
    state.write(
        folder, StackState(Phase.RUNNING, os.getpid(), process.started, 10.0, services=services)
    )
    return Settings(data_dir=folder)


def test_a_stack_of_a_part_leaves_services_out(tmp_path: Path) -> None:
    settings = running(tmp_path, "mysql", "kafka")
    assert state.is_left_out(settings, "superset")
    assert not state.is_left_out(settings, "mysql")


def test_without_a_stack_nothing_is_left_out(tmp_path: Path) -> None:
    assert not state.is_left_out(Settings(data_dir=tmp_path), "superset")


@pytest.mark.parametrize("known", [True, False])
def test_of_containers_the_name_server_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, known: bool
) -> None:
    def look_up(host: str) -> str:
        if not known:
            raise socket.gaierror(f"{host}: unknown")
        return "172.16.0.2"

    monkeypatch.setattr(socket, "gethostbyname", look_up)
    assert state.is_left_out(Settings(data_dir=tmp_path, hosts="names"), "superset") is not known
