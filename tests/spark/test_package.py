"""The artefact of `headwater package`, run as EMR Serverless does: spark-submit from its folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from headwater.project import Project
from headwater.settings import load
from headwater.stack import package
from headwater.stack.components import Store, install
from headwater.stack.service import base_python
from headwater.stack.spark_builds import spark_package
from support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def store() -> Store:
    settings, _ = load(root=ROOT)
    project = Project(ROOT)
    install((*package.COMPONENTS, "jdk17"), settings, project=project)
    return Store.of(settings, project)


def test_the_entry_point_runs_from_the_artefact(store: Store, tmp_path: Path) -> None:
    job = package.build(store, Project(ROOT), tmp_path / "dist").job
    env = environment(store, tmp_path)
    imported = subprocess.run(
        [base_python(), "-c", "import headwater"],
        env=env,
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert imported.returncode != 0, "the job has to do without the package headwater"
    log = tmp_path / "job.log"
    with submitted(job, env, log) as process:
        until(
            lambda: process.poll() is not None or "waiting for file:" in log.read_text(),
            "the job waits for its document",
            timeout=400,
        )
    said = log.read_text()
    assert "waiting for file:" in said, said[-2000:]
    assert "warm after" in said, "the warm-up, which writes a Hudi table, did not run"
    assert "the warm-up failed" not in said, said


def environment(store: Store, folder: Path) -> dict[str, str]:
    java = next(store.home("jdk17").rglob("bin/java"))
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "JAVA_HOME": str(java.parent.parent),
        "SPARK_HOME": str(spark_package()),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": base_python(),
        "PYTHONNOUSERSITE": "1",
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def submitted(job: Path, env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The command that EMR makes of the manifest, in a process group of its own."""
    how = json.loads((job / package.MANIFEST).read_text())
    small = {"spark.master": "local[1]", "spark.driver.host": "127.0.0.1"}
    settings = {**how["conf"], **small, "spark.driver.memory": "1g"}
    command = [str(spark_package() / "bin" / "spark-submit")]
    for name, value in settings.items():
        command += ["--conf", f"{name}={value}"]
    command += ["--py-files", ",".join(str(job / name) for name in how["py_files"])]
    command += ["--jars", ",".join(str(job / name) for name in how["jars"])]
    command += [str(job / how["entry"]), "--config", f"file:{log.parent}/not-there.json"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=env, cwd=log.parent, stdout=output, stderr=output, start_new_session=True
        )
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(60)
