"""Spark at a place that all checkouts share, and the archive of the classes that the job loads.

The archive names the jars by their paths, and pip gives every environment a Spark of its own: so
the component `spark` has that one's files as links, and `spark-classes` is made beside it once.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from headwater.connections import LOOPBACK
from headwater.errors import RequirementError
from headwater.stack import wheels
from headwater.stack.builds import PACKAGE, Build, Workshop
from headwater.stack.unpack import link_or_copy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.project import Project

HOME = "home"
ARCHIVE = "job.jsa"
# An archive of classes serves a JVM that has the collector it was made with.
COLLECTOR = "-XX:+UseSerialGC"
JVM = f"{COLLECTOR} -XX:TieredStopAtLevel=1"
QUIET = "-Xlog:cds=off -Xlog:cds+dynamic=off"
_PROGRAM = PACKAGE / "stack" / "spark_training.py"
_log = logging.getLogger(__name__)


def spark_package() -> Path:
    """Where pip put Spark (found without importing it)."""
    spec = importlib.util.find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise RequirementError("pyspark is not installed", remedy="run `make install`")
    return Path(spec.origin).parent


def _spark_sources(_: Project) -> tuple[Path, ...]:
    return (spark_package() / "version.py",)


def _make_spark(_: Workshop, home: Path) -> None:
    def link(source: str, target: str) -> None:
        link_or_copy(Path(source), Path(target))

    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(spark_package(), home / HOME, copy_function=link, ignore=ignore)


def _classes_sources(project: Project) -> tuple[Path, ...]:
    pins = (wheels.REQUIREMENTS / "jdk17.txt", PACKAGE / "stack" / "components.lock")
    return (_PROGRAM, *pins, *_spark_sources(project))


def _make_classes(workshop: Workshop, home: Path) -> None:
    """Let Spark run once and keep its classes; without them the job only starts slower."""
    spark = workshop.home("spark") / HOME
    defaults = workshop.project.streaming / "spark-defaults.conf"
    command = [str(spark / "bin" / "spark-submit"), "--properties-file", str(defaults)]
    for name, value in _settings(workshop, home / ARCHIVE).items():
        command += ["--conf", f"{name}={value}"]
    done = subprocess.run(
        [*command, str(_PROGRAM)],
        cwd=home,
        env=_environment(workshop, spark, home),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    shutil.rmtree(home / "tmp", ignore_errors=True)
    if not (home / ARCHIVE).exists():
        _log.warning("the job's classes are not kept, it starts slower: %s", done.stderr[-500:])


def _settings(workshop: Workshop, archive: Path) -> Mapping[str, str]:
    return {
        "spark.master": "local[1]",
        "spark.driver.memory": "1g",
        "spark.driver.extraJavaOptions": f"{JVM} -XX:ArchiveClassesAtExit={archive} {QUIET}",
        "spark.driver.extraClassPath": f"{workshop.home('spark-jars')}/jars/*",
        "spark.driver.host": LOOPBACK,
        "spark.driver.bindAddress": LOOPBACK,
        "spark.local.dir": str(archive.parent / "tmp"),
    }


def _environment(workshop: Workshop, spark: Path, home: Path) -> Mapping[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "JAVA_HOME": str(wheels.java_runtime(workshop.home("jdk17"))),
        "SPARK_HOME": str(spark),
        "SPARK_LOCAL_IP": LOOPBACK,
        "PYTHONPATH": str(workshop.project.streaming),
        "PYSPARK_PYTHON": sys.executable,
    }


SPARK = Build(_spark_sources, _make_spark)
SPARK_CLASSES = Build(_classes_sources, _make_classes)
