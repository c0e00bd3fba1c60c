"""Trino, Athena's engine: one node.

The catalog `awsdatacatalog` is the Hive connector, which keeps views in Glue as Athena does, and
hands Hudi tables to a second catalog. It asks Glue through the Athena endpoint, which shows it
MERGE_ON_READ tables with their log files merged.
"""

from __future__ import annotations

from headwater.stack import probes
from headwater.stack.service import Service, Site, write_private

CATALOGS = (
    # name, connector, whether Glue is asked through the Athena endpoint, more settings
    ("awsdatacatalog", "hive", True, "hive.hudi-catalog-name=hudi"),
    ("hudi", "hudi", False, ""),
)
_LEVELS = "io.trino=WARN\nio.airlift=WARN\nBootstrap=WARN\norg.hibernate=ERROR\n"


def trino(site: Site) -> Service:
    """The SQL engine behind the Athena endpoint."""
    aws = site.connections.aws
    keys = {
        "AWS_ACCESS_KEY_ID": aws.access_key_id,
        "AWS_SECRET_ACCESS_KEY": aws.secret_access_key.get_secret_value(),
    }
    return Service(
        name="trino",
        components=("jdk25", "trino"),
        command=_command(site),
        env={**site.base_env(), **keys},
        cwd=site.data.of("trino"),
        ports=site.ports("trino"),
        depends_on=("s3", "glue"),
        groups=("query", "all"),
        prepare=lambda: prepare(site),
        probe=lambda: probes.trino_answers(site.url("trino")),
        memory_mb=1750,
        stop_grace=10.0,
    )


def prepare(site: Site) -> None:
    """Write the configuration."""
    etc = site.data.of("trino") / "etc"
    site.render(
        "trino-config.properties",
        etc / "config.properties",
        port=site.port("trino"),
        plugins=site.home("trino") / "plugin",
        catalogs=etc / "catalog",
    )
    aws = site.connections.aws
    for name, connector, through_endpoint, more in CATALOGS:
        site.render(
            "trino-catalog.properties",
            etc / "catalog" / f"{name}.properties",
            connector=connector,
            more=more,
            region=aws.region,
            glue_url=aws.athena_endpoint if through_endpoint else aws.glue_endpoint,
            s3_url=aws.s3_endpoint,
            warehouse=aws.warehouse,
        )
    write_private(etc / "log.properties", _LEVELS)
    (site.data.of("trino") / "run").mkdir(exist_ok=True)


def _command(site: Site) -> tuple[str, ...]:
    folder = site.data.of("trino")
    return (
        site.java(25),
        "-Xmx1G",
        "-XX:+UseSerialGC",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:ReservedCodeCacheSize=256M",
        "-XX:TieredStopAtLevel=1",
        "-Djdk.attach.allowAttachSelf=true",
        "-Djdk.nio.maxCachedBufferSize=2000000",
        "-Dfile.encoding=UTF-8",
        "-XX:+EnableDynamicAgentLoading",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        f"-Djava.io.tmpdir={folder / 'run'}",
        "-Dnode.environment=headwater",
        "-Dnode.id=headwater",
        f"-Dnode.bind-ip={site.bind}",
        f"-Dnode.internal-address={site.host('trino')}",
        f"-Dnode.data-dir={folder / 'data'}",
        f"-Dconfig={folder / 'etc' / 'config.properties'}",
        f"-Dlog.levels-file={folder / 'etc' / 'log.properties'}",
        "-cp",
        str(site.home("trino") / "lib" / "*"),
        "io.trino.server.TrinoServer",
    )
