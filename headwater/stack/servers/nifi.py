"""NiFi, assembled from its published artifacts, with our Python processors."""

from __future__ import annotations

from headwater.connections import LOOPBACK
from headwater.stack import probes
from headwater.stack.service import Service, Site
from headwater.stack.unpack import link_or_copy

_FOLDERS = ("conf", "run", "logs", "extensions", "python/extensions")
_EXTENSIONS = "nifi-extensions"


def nifi(site: Site) -> Service:
    """The flows that poll the APIs."""
    folder = site.data.of("nifi")
    return Service(
        name="nifi",
        components=("jdk25", "nifi", _EXTENSIONS),
        command=_command(site),
        env=site.base_env(),
        cwd=folder,
        ports=site.ports("nifi", "nifi_management"),
        groups=("pipeline", "all"),
        prepare=lambda: prepare(site),
        probe=lambda: probes.http_ok(site.url("nifi", "/nifi-api/flow/about")),
        memory_mb=1000,  # a Python child has 21 MB, ours a few of them
        stop_grace=20.0,
    )


def prepare(site: Site) -> None:
    """Write the configuration and put our extensions, and no older ones, into place."""
    folder = site.data.of("nifi")
    for name in _FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    site.render(
        "nifi.properties",
        folder / "conf" / "nifi.properties",
        home=site.home("nifi"),
        python=site.python,
        bind=site.bind,
        port=site.port("nifi"),
        sensitive_key=site.secrets.nifi_sensitive_key.get_secret_value(),
    )
    site.render("nifi-logback.xml", folder / "conf" / "logback.xml")
    site.render("nifi-state-management.xml", folder / "conf" / "state-management.xml")
    for old in (folder / "extensions").glob("*.nar"):
        old.unlink()
    for made in site.home(_EXTENSIONS).glob("*.nar"):
        link_or_copy(made, folder / "extensions" / made.name)


def _command(site: Site) -> tuple[str, ...]:
    folder = site.data.of("nifi")
    management = f"{LOOPBACK}:{site.port('nifi_management')}"
    return (
        site.java(25),
        "-Xms128m",
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",  # it starts in two thirds of the time, and waits all day
        "-Djava.awt.headless=true",
        f"-Djava.io.tmpdir={folder / 'run'}",
        f"-Dnifi.properties.file.path={folder / 'conf' / 'nifi.properties'}",
        f"-Dorg.apache.nifi.bootstrap.config.log.dir={folder / 'logs'}",
        f"-Dorg.apache.nifi.management.server.address={management}",
        "--enable-native-access=ALL-UNNAMED",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "-cp",
        f"{folder / 'conf'}:{site.home('nifi') / 'lib' / '*'}",
        "org.apache.nifi.NiFi",
    )
