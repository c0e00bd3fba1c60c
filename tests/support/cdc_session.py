"""A local Spark with the job's jars and settings, one for all tests that want one."""

from __future__ import annotations

import base64
import functools
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from headwater.project import Project
from headwater.settings import load
from headwater.stack.components import component_dir, install

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyspark.sql import DataFrame, SparkSession

ROOT = Path(__file__).resolve().parents[2]


@functools.cache
def session() -> SparkSession:
    """Install what is missing (nothing, once a stack has run here) and open the session."""
    from pyspark.sql import SparkSession

    settings, _ = load(root=ROOT)
    project = Project(ROOT)
    install(("spark-jars", "jdk17"), settings, project=project)
    jars = component_dir("spark-jars", settings, project) / "jars"
    java = next(component_dir("jdk17", settings, project).rglob("bin/java"))
    os.environ["JAVA_HOME"] = str(java.parent.parent)
    builder = SparkSession.builder.master("local[1]")
    for line in (ROOT / "streaming" / "spark-defaults.conf").read_text().splitlines():
        if line.startswith("spark."):
            name, value = line.split(maxsplit=1)
            builder = builder.config(name, value.strip())
    logging = ROOT / "streaming" / "log4j2.properties"
    return (
        builder.config("spark.driver.extraClassPath", f"{jars}/*")
        .config("spark.driver.memory", "1g")
        .config(
            "spark.driver.extraJavaOptions",
            f"-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dlog4j2.configurationFile={logging}",
        )
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .getOrCreate()
    )


def frame(spark: SparkSession, rows: Iterable[Mapping[str, object]], schema: str) -> DataFrame:
    """Rows as a DataFrame made in the JVM: no Python workers, as in the job."""
    from pyspark.sql import functions as F  # noqa: N812

    text = json.dumps(list(rows), default=lambda raw: base64.b64encode(raw).decode())
    parsed = F.from_json(F.lit(text), f"array<struct<{schema}>>")
    return spark.range(1).select(F.inline(parsed)).coalesce(1)
