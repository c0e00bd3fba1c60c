"""The stack in containers: the same table of services, with the homes that official images have.

    python -m headwater.stack.containers

is the one-shot service `init` of docker-compose.yml. It makes the secrets and prepares each service
as `headwater up` does; what it leaves in `<data>/<service>/start` is the command of the table, as a
script that only this user can read: neither docker-compose.yml nor the engine knows a secret.
"""

from __future__ import annotations

import hashlib
import json
import shlex
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headwater import settings as settings_module
from headwater.project import Project
from headwater.recorder import LAST
from headwater.stack import services
from headwater.stack.artifacts import sha256_of_tree
from headwater.stack.builds import PACKAGE
from headwater.stack.catalog import COMPONENTS, NIFI
from headwater.stack.servers import kafka, mysql, trino
from headwater.stack.service import Site, write_private

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from headwater.settings import Settings
    from headwater.stack.service import Service

IMAGE_KAFKA, IMAGE_NIFI = "/opt/kafka", "/opt/nifi/nifi-current"
IMAGE_TRINO, IMAGE_S3PROXY = "/usr/lib/trino", "/opt/s3proxy/s3proxy"


class ContainerSite(Site):
    """Where a service of docker-compose.yml lives: what is no component of ours is in its image."""

    def home(self, component: str) -> Path:
        """A component of ours where it is installed; others below their image's own folders."""
        places = {
            "mysql": Path("/usr"),
            "kafka": Path(IMAGE_KAFKA),
            "nifi": self.data.of("nifi") / "home",  # links, see below
            "trino": self.data.of("trino") / "home",
            "s3proxy": self.data.of("s3") / "home",
            "moto": self.data.of("glue") / "home",  # not there: its image has it installed
        }
        return places.get(component) or super().home(component)

    def program(self, component: str, name: str) -> str:
        """Found on the image's PATH."""
        return name if component == "mysql" else super().program(component, name)

    def java(self, version: int) -> str:
        """The image's own; only the job brings the JRE 17 of the components."""
        return super().java(version) if version == 17 else "java"  # noqa: PLR2004

    @property
    def python(self) -> str:
        """The image's own."""
        return "python3"

    def shared_classes(self, name: str, component: str) -> tuple[str, ...]:  # noqa: ARG002
        """None: images differ in their JVMs."""
        return ()

    def base_env(self) -> dict[str, str]:
        """Nothing of the caller's: the images have an environment of their own."""
        return {"TZ": "UTC", "LC_ALL": "C.UTF-8"}


def _before_mysql(site: Site) -> Iterator[str]:
    folder = site.data.of("mysql")
    yield _once(folder / "initialised", folder / "data", mysql.initialise_command(site))


def _before_kafka(site: Site) -> Iterator[str]:
    folder = site.data.of("kafka")
    yield _once(folder / "initialised", folder / "logs", kafka.format_command(site))


def _once(done: Path, made: Path, command: tuple[str, ...]) -> str:
    """Shell that makes a folder; one that did not get ready is made anew."""
    make = f"rm -rf {made}; mkdir {made}; {shlex.join(command)}; touch {done}"
    return f"[ -e {done} ] || {{ {make}; }}"


def _before_nifi(site: Site) -> Iterator[str]:
    """Only the archives that the local stack has: all of the image's need twice the memory."""
    home = site.home("nifi")
    yield f"rm -rf {home}; mkdir -p {home}/lib; ln -s {IMAGE_NIFI}/python {home}/python"
    yield f"ln -s {IMAGE_NIFI}/lib/*.jar {home}/lib/"
    for name in nifi_archives():
        yield f"ln -s {IMAGE_NIFI}/lib/{name} {home}/lib/"


def nifi_archives() -> list[str]:
    """The file names of NiFi's own NARs that the flows need."""
    artifacts = (a.split(":") for part in COMPONENTS["nifi"].parts for a in part.artifacts)
    names = [name for _, name, _, *kind in artifacts if kind == ["nar"]]
    return [f"{name}-{NIFI}.nar" for name in (*names, "nifi-standard-nar")]


def _before_trino(site: Site) -> Iterator[str]:
    """Only the connectors that are used: each plugin costs memory and time."""
    home = site.home("trino")
    yield f"mkdir -p {home}/plugin; ln -sfn {IMAGE_TRINO}/lib {home}/lib"
    for _, connector, *_ in trino.CATALOGS:
        yield f"ln -sfn {IMAGE_TRINO}/plugin/{connector} {home}/plugin/{connector}"


def _before_s3(site: Site) -> Iterator[str]:
    jar = site.home("s3proxy") / "s3proxy-4.1.0-jar-with-dependencies.jar"
    yield f"mkdir -p {jar.parent}; ln -sfn {IMAGE_S3PROXY} {jar}"


def _before_job(site: Site) -> Iterator[str]:
    scratch = site.data.of("job") / "tmp"
    yield f"rm -rf {scratch}; mkdir {scratch}"  # what a killed one left


def _before_recorder(site: Site) -> Iterator[str]:
    yield f"rm -f {site.data.of('recorder') / LAST}"  # of an earlier run


_BEFORE: dict[str, Callable[[Site], Iterator[str]]] = {
    "mysql": _before_mysql,
    "kafka": _before_kafka,
    "nifi": _before_nifi,
    "trino": _before_trino,
    "s3": _before_s3,
    "job": _before_job,
    "recorder": _before_recorder,
}
_PREPARE: dict[str, Callable[[Site], None]] = {  # where a server's own programs prepare it
    "mysql": mysql.configure,
    "kafka": kafka.configure_kafka,
}
# The JVM of spark-submit would drop the batches that its child, the Python driver, ends.
_STOP_CHILDREN = """\
{command} &
child=$!
trap 'kill -TERM $(cat /proc/$child/task/*/children) || kill -TERM $child' TERM INT
wait $child || wait $child"""


def script(service: Service, before: tuple[str, ...] = ()) -> str:
    """A row of the table as a shell script."""
    command = shlex.join(service.command)
    lines = [
        "#!/bin/sh",
        "# Written by headwater/stack/containers.py.",
        "set -eu",
        *(f"export {name}={shlex.quote(value)}" for name, value in service.env.items()),
        f"cd {shlex.quote(str(service.cwd))}",
        *before,
        _STOP_CHILDREN.format(command=command) if service.stop_children else f"exec {command}",
    ]
    return "\n".join(lines) + "\n"


def write(site: Site) -> bool:
    """Prepare every service and write its script; False if all is as it was.

    Nothing is touched then: servers may be running.
    """
    made_from = site.data.path / "made-from"
    digest = _digest(site)
    if made_from.exists() and made_from.read_text() == digest:
        return False
    for name, row in services.ROWS.items():
        site.data.of(name).mkdir(parents=True, exist_ok=True)
        service = row(site)
        prepare = _PREPARE.get(name)
        prepare(site) if prepare else service.prepare()
        before = tuple(_BEFORE[name](site)) if name in _BEFORE else ()
        write_private(site.data.of(name) / "start", script(service, before))
    write_private(made_from, digest)
    return True


def _digest(site: Site) -> str:
    """Changes with the settings, the secrets, our sources and the components."""
    settings = json.dumps(site.settings.model_dump(mode="json"), sort_keys=True)
    secrets = site.data.secrets.read_text() if site.secrets else ""
    sources = sha256_of_tree(PACKAGE, site.project.debezium, site.project.streaming)
    homes = "".join(str(site.home(name)) for name in COMPONENTS)
    return hashlib.sha256(f"{settings}{secrets}{sources}{homes}".encode()).hexdigest()


def status(settings: Settings, project: Project) -> list[dict[str, Any]]:
    """One record per service: `ready` where its probe is answered, else `down`."""
    table = {name: row(ContainerSite(settings, project)) for name, row in services.ROWS.items()}
    with ThreadPoolExecutor(len(table)) as pool:
        answers = pool.map(_answer, table.values())
    return [
        {
            "name": service.name,
            "state": "down" if problem else "ready",
            "port": next(iter(service.ports.values()), None),
            "bound_mb": service.memory_mb,
            "message": problem,
        }
        for service, problem in zip(table.values(), answers, strict=True)
    ]


def _answer(service: Service) -> str:
    try:
        return "" if service.probe() else "not ready"
    except Exception as error:  # noqa: BLE001 - whatever its client raises, it does not answer
        return f"{type(error).__name__}: {error}"[:200]


def main() -> None:
    """Write what the containers need."""
    project = Project.find()
    settings, _ = settings_module.load(root=project.root)
    write(ContainerSite(settings, project))


if __name__ == "__main__":
    main()
