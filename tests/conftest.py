"""The stack is started once per run, on a copy of the project, beside a user's own stack.

`STACK_UNDER_TEST=<folder>` uses the stack that already runs there and leaves it running.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from headwater import connections, secrets, settings
from headwater.project import DataDir
from support import shared
from support.simulator import Simulator
from support.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
COPIED = (
    "feeds",
    "nifi",
    "sql",
    "debezium",
    "streaming",
    "superset",
    "headwater",
    "pyproject.toml",
)
TEST_ENVIRONMENT = {
    "HEADWATER_PORTS__OFFSET": "10000",
    "HEADWATER_SIMULATOR_AIRCRAFT": "80",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long and how the workload of tests/faults/test_soak.py runs."""
    parser.addoption("--minutes", default="1.5", help="how long faults are injected (test_soak)")
    parser.addoption("--seed", default="1", help="of the workload and the faults (test_soak)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Cheapest first: unit, then stack, then faults; markers follow from the folder.

    Behind them comes what looks at whatever the others have made (`last`).
    """
    order = {"unit": 0, "stack": 1, "browser": 2, "faults": 3}
    for item in items:
        folder = Path(item.path).parent.name
        if folder in ("stack", "faults", "browser"):
            item.add_marker(folder)
    items.sort(
        key=lambda item: (
            item.get_closest_marker("last") is not None,
            order.get(Path(item.path).parent.name, 0),
        )
    )


@pytest.fixture
def shared_data() -> shared.SharedData:
    """Gives the path of a real response, or skips the test where a clone has none."""
    return shared.find


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole system, running on real servers with a faster feed."""
    running = os.environ.get("STACK_UNDER_TEST")
    if running:
        yield _connect(Path(running))
        return
    for name, value in TEST_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    root = tmp_path_factory.mktemp("project")
    _copy_project(root)
    _headwater(root, "render")
    try:
        _headwater(root, "up", "--detach", "--wait", "--timeout", "2400", "--source", "auto")
        yield _connect(root)
    finally:
        _headwater(root, "down")


def _copy_project(root: Path) -> None:
    ignore = shutil.ignore_patterns("__pycache__", "target")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=ignore)
        else:
            shutil.copy(source, root / name)
    feed = root / "feeds" / "flights.yaml"
    text = feed.read_text()
    assert "every: 30s" in text
    assert "gone: 5m" in text
    feed.write_text(text.replace("every: 30s", "every: 4s").replace("gone: 5m", "gone: 20s"))


def _headwater(root: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "headwater.cli.main", *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.fail(f"headwater {' '.join(arguments)}: {done.stdout[-3000:]}{done.stderr[-6000:]}")


def _connect(root: Path) -> Stack:
    found, _ = settings.load(root=root)
    known = secrets.load_or_create(DataDir(found.data_dir).secrets)
    return Stack(root, found, connections.local(found, known))


@pytest.fixture(scope="module")
def quiet(stack: Stack) -> Iterator[None]:
    """Without polls, whose commits take half of two cores, for tests that need none."""
    stack.poll(running=False)
    yield
    stack.poll(running=True)


@pytest.fixture
def simulator(stack: Stack) -> Iterator[Simulator]:
    """The simulator, left without faults and with a running clock."""
    found = Simulator(stack.connections.simulator_url)
    found.clear()
    yield found
    found.clear()
