"""The page's own modules, by Node's test runner: reckoning, trails, filters, links, colours."""

from __future__ import annotations

import subprocess
from pathlib import Path

from headwater import settings
from headwater.project import Project
from headwater.stack import wheels
from headwater.stack.components import Store

HERE = Path(__file__).parent


def test_the_modules_of_the_page() -> None:
    project = Project.find(HERE)
    found, _ = settings.load(root=project.root)
    store = Store.of(found, project)
    store.install(("node",))
    tests = sorted(str(path) for path in HERE.glob("*.test.mjs"))
    assert tests
    done = subprocess.run(
        [str(wheels.node(store.home("node"))), "--test", *tests],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
