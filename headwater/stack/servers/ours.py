"""Our own processes: the Athena endpoint, the live map, the simulators and the streaming job."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from headwater.connections import LOOPBACK
from headwater.lake.files import DOCUMENT
from headwater.recorder import LAST
from headwater.stack import probes, spark_builds
from headwater.stack.service import Service, Site, write_private

if TYPE_CHECKING:
    from pathlib import Path

_KEYS_FROM_ENVIRONMENT = "com.amazonaws.auth.EnvironmentVariableCredentialsProvider"


def athena(site: Site) -> Service:
    """The Athena API in front of Trino."""
    return Service(
        name="athena",
        command=(sys.executable, "-m", "headwater.lake.athena"),
        env=site.our_env(),
        cwd=site.project.root,
        ports=site.ports("athena"),
        depends_on=("trino", "s3"),
        groups=("query", "all"),
        probe=lambda: probes.athena_answers(site.connections.aws),
        memory_mb=500,
        stop_grace=5.0,
    )


def simulator(site: Site) -> Service:
    """The source APIs, simulated."""
    return Service(
        name="simulator",
        command=(sys.executable, "-m", "headwater.simulators"),
        env=site.our_env(),
        cwd=site.project.root,
        ports=site.ports("simulator"),
        groups=("pipeline", "all"),
        probe=lambda: probes.http_ok(site.url("simulator", "/health")),
        memory_mb=200,
        stop_grace=5.0,
    )


def site(site: Site) -> Service:
    """The live map page."""
    return Service(
        name="site",
        components=("node", "live-map"),
        command=(sys.executable, "-m", "headwater.site"),
        env=site.our_env(),
        cwd=site.project.root,
        ports=site.ports("site"),
        depends_on=("athena",),
        groups=("query", "all"),
        probe=lambda: probes.http_ok(site.url("site", "/health")),
        memory_mb=200,
        stop_grace=5.0,
        before_deploy=False,  # it shows what the deployment brings
    )


def recorder(site: Site) -> Service:
    """What the pipeline measures of itself, into MySQL and for Prometheus."""
    last = site.data.of("recorder") / LAST
    return Service(
        name="recorder",
        command=(sys.executable, "-m", "headwater.recorder"),
        env=site.our_env(),
        cwd=site.project.root,
        ports=site.ports("recorder"),
        depends_on=("mysql",),
        groups=("all",),
        prepare=lambda: _forget(last),
        probe=last.exists,  # its first round
        memory_mb=200,
        stop_grace=10.0,
        before_deploy=False,  # it needs the table that the deployment makes
    )


def _forget(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)


def job(site: Site) -> Service:
    """The streaming job, by spark-submit, in an interpreter that cannot import `headwater`."""
    folder = site.data.of("job")
    return Service(
        name="job",
        components=("jdk17", "spark-jars", "spark", "spark-classes", "job"),
        command=_submit(site),
        env=_job_env(site),
        cwd=folder,
        depends_on=("kafka", "s3", "glue"),
        groups=("pipeline", "all"),
        prepare=lambda: prepare_job(site),
        probe=lambda: any((folder / "tmp").glob("blockmgr-*")),  # its Spark context is up
        memory_mb=3000,
        stop_grace=30.0,
        stop_children=True,  # the Python driver ends its batches; the JVM would drop them
        before_deploy=False,  # it waits for the document that the deployment writes
    )


def prepare_job(site: Site) -> None:
    """Write Spark's logging configuration and defaults."""
    folder = site.data.of("job")
    shutil.rmtree(folder / "tmp", ignore_errors=True)  # what a killed one left
    (folder / "tmp").mkdir(parents=True)
    site.render(site.project.streaming / "log4j2.properties", folder / "log4j2.properties")
    write_private(folder / "spark-defaults.conf", spark_conf(site))


def _spark_home(site: Site) -> Path:
    return site.home("spark") / spark_builds.HOME


def spark_conf(site: Site) -> str:
    """The job's own defaults, then what is particular to this machine."""
    folder = site.data.of("job")
    classes = site.home("spark-classes") / spark_builds.ARCHIVE
    # half the start's time
    flags = f"{spark_builds.COLLECTOR} -XX:SharedArchiveFile={classes} {spark_builds.QUIET}"
    java = f"{flags} -Dlog4j2.configurationFile={folder / 'log4j2.properties'}"
    local = {
        "spark.master": "local[2]",
        "spark.driver.memory": "2g",
        "spark.driver.extraJavaOptions": f"{java} -Djava.io.tmpdir={folder / 'tmp'}",
        # `--jars` would copy 350 MB at every start
        "spark.driver.extraClassPath": site.home("spark-jars") / "jars" / "*",
        "spark.driver.host": LOOPBACK,
        "spark.driver.bindAddress": LOOPBACK,
        "spark.local.dir": folder / "tmp",
        "spark.sql.warehouse.dir": folder / "warehouse",
        **{f"spark.hadoop.{name}": value for name, value in _s3a(site).items()},
    }
    defaults = (site.project.streaming / "spark-defaults.conf").read_text()
    return defaults + "".join(f"{name} {value}\n" for name, value in local.items())


def _s3a(site: Site) -> dict[str, str]:
    aws = site.connections.aws
    return {
        "fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "fs.AbstractFileSystem.s3.impl": "org.apache.hadoop.fs.s3a.S3A",
        "fs.s3a.endpoint": aws.s3_endpoint or "",
        "fs.s3a.endpoint.region": aws.region,
        "fs.s3a.aws.credentials.provider": _KEYS_FROM_ENVIRONMENT,
        "fs.s3a.path.style.access": "true",
        "fs.s3a.connection.ssl.enabled": "false",
        "fs.s3a.multiobjectdelete.enable": "false",
    }


def _submit(site: Site) -> tuple[str, ...]:
    package = site.home("job")
    return (
        str(_spark_home(site) / "bin" / "spark-submit"),
        "--properties-file",
        str(site.data.of("job") / "spark-defaults.conf"),
        "--py-files",
        str(package / "headwater_cdc.zip"),
        str(package / "main.py"),
        "--config",
        f"s3://{site.settings.aws.bucket}/{DOCUMENT}",
    )


def _job_env(site: Site) -> dict[str, str]:
    folder = site.data.of("job")
    return {
        **site.base_env(),
        **site.connections.aws.as_environ(),
        "SPARK_HOME": str(_spark_home(site)),
        "SPARK_LOCAL_IP": LOOPBACK,
        "JAVA_HOME": str(site.java_home(17)),
        "PYSPARK_PYTHON": site.python,
        "PYSPARK_DRIVER_PYTHON": site.python,
        "PYTHONUNBUFFERED": "1",
        "PYTHONNOUSERSITE": "1",
        "TMPDIR": str(folder / "tmp"),  # Spark's checkpoints: they only trigger
        "HEADWATER_CRASH_FILE": str(folder / "crash-at"),  # see headwater_cdc/faults.py
    }
