"""`python -m headwater.simulators` as a process of its own."""

from __future__ import annotations

import ast
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "headwater" / "simulators"
START_S = 20


def start(tmp_path: Path, port: int, **settings: str) -> subprocess.Popen[str]:
    names = {f"HEADWATER_{name.upper()}": value for name, value in settings.items()}
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **names}
    return subprocess.Popen(
        [sys.executable, "-m", "headwater.simulators", "--port", str(port)],
        cwd=tmp_path,
        env=environ,
        stderr=subprocess.PIPE,
        text=True,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(tmp_path: Path, ending: signal.Signals) -> None:
    port = free_port()
    with start(tmp_path, port, simulator_aircraft="7") as process:
        assert process.stderr is not None
        assert f"serving on http://127.0.0.1:{port}" in process.stderr.readline()
        world = requests.get(f"http://127.0.0.1:{port}/_world", timeout=5).json()
        assert world == {"seed": 1, "aircraft": 7}
        process.send_signal(ending)
        _, messages = process.communicate(timeout=START_S)
    assert process.returncode == 0
    assert messages.strip().endswith("stopped")


def test_a_taken_port_is_one_clear_message(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with start(tmp_path, taken.getsockname()[1]) as process:
            _, messages = process.communicate(timeout=START_S)
    assert process.returncode == 3
    assert "cannot be used" in messages
    assert "remedy" in messages
    assert "Traceback" not in messages


def test_a_missing_recording_is_one_clear_message(tmp_path: Path) -> None:
    with start(tmp_path, free_port(), source="replay:nothing.jsonl") as process:
        _, messages = process.communicate(timeout=START_S)
    assert process.returncode == 2
    assert "nothing.jsonl" in messages
    assert "Traceback" not in messages


def test_simulators_never_import_the_transform() -> None:
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.startswith("headwater.feed")], path.name
