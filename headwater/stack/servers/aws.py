"""Stand-ins for AWS: S3 (S3Proxy on a folder) and the Glue catalog (moto)."""

from __future__ import annotations

from headwater.stack import probes
from headwater.stack.service import Service, Site


def s3(site: Site) -> Service:
    """Object storage with signature checks, kept in a plain folder."""
    folder = site.data.of("s3")
    jar = site.home("s3proxy") / "s3proxy-4.1.0-jar-with-dependencies.jar"
    return Service(
        name="s3",
        components=("jdk25", "s3proxy"),
        command=(
            site.java(25),
            "-Xms32m",
            "-Xmx192m",
            "-XX:+UseSerialGC",
            *site.shared_classes("s3", "s3proxy"),
            "-DLOG_LEVEL=warn",
            "-DJETTY_LOG_LEVEL=warn",
            "-Dlogback.statusListenerClass=ch.qos.logback.core.status.NopStatusListener",
            "-jar",
            str(jar),
            "--properties",
            str(folder / "s3proxy.conf"),
        ),
        env=site.base_env(),
        cwd=folder,
        ports=site.ports("s3"),
        groups=("pipeline", "query", "all"),
        prepare=lambda: prepare_s3(site),
        probe=lambda: probes.s3_answers(site.connections.aws),
        memory_mb=450,
        stop_grace=15.0,
    )


def prepare_s3(site: Site) -> None:
    """Make the bucket, which is a folder, and the configuration with the keys."""
    folder = site.data.of("s3")
    buckets = folder / "buckets"
    (buckets / site.settings.aws.bucket).mkdir(parents=True, exist_ok=True)
    site.render(
        "s3proxy.conf",
        folder / "s3proxy.conf",
        access_key=site.secrets.aws_access_key_id,
        secret_key=site.secrets.aws_secret_access_key.get_secret_value(),
        bind=site.bind,
        port=site.port("s3"),
        basedir=buckets,
    )


def glue(site: Site) -> Service:
    """The catalog. It lives in memory: the streaming job registers its tables anew."""
    packages = site.home("moto") / "site"
    start = "from moto.server import main; main()"
    return Service(
        name="glue",
        components=("moto",),
        command=(site.python, "-s", "-c", start, "-H", site.bind, "-p", str(site.port("glue"))),
        env={**site.base_env(), "PYTHONPATH": str(packages), "PYTHONUNBUFFERED": "1"},
        cwd=site.data.path,
        ports=site.ports("glue"),
        groups=("pipeline", "query", "all"),
        probe=lambda: probes.glue_answers(site.connections.aws),
        memory_mb=250,
        stop_grace=5.0,
    )
