"""THE table of services: everything that runs locally, in the order in which it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.errors import ServiceError
from headwater.project import Project
from headwater.sources import effective
from headwater.stack.servers import aws, kafka, mysql, nifi, ours, superset, trino
from headwater.stack.service import Service, Site

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.settings import Settings

ROWS: dict[str, Callable[[Site], Service]] = {
    "mysql": mysql.mysql,
    "kafka": kafka.kafka,
    "s3": aws.s3,
    "glue": aws.glue,
    "connect": kafka.connect,
    "simulator": ours.simulator,
    "nifi": nifi.nifi,
    "trino": trino.trino,
    "athena": ours.athena,
    "job": ours.job,
    "site": ours.site,
    "superset": superset.superset,
    "recorder": ours.recorder,
}
GROUPS = ("pipeline", "query", "all")


def table(
    settings: Settings, project: Project | None = None, *, only: str = "all"
) -> dict[str, Service]:
    """The services of a group, or one service with all that it depends on."""
    site = Site(settings, project or Project.find())
    if only in ROWS:
        return closure(site, only)
    if only not in GROUPS:
        raise ServiceError(f"there is no group {only!r}", remedy=f"one of {', '.join(GROUPS)}")
    services = {name: row(site) for name, row in ROWS.items()}
    return {
        name: service
        for name, service in services.items()
        if only in service.groups
        and (name != "simulator" or simulated(settings))
        and (name != "superset" or superset.supported())
    }


def closure(site: Site, *names: str) -> dict[str, Service]:
    """These services and everything that they depend on."""
    found: dict[str, Service] = {}

    def add(name: str) -> None:
        if name not in found:
            service = ROWS[name](site)
            for needed in service.depends_on:
                add(needed)
            found[name] = service

    for name in names:
        add(name)
    return found


def simulated(settings: Settings) -> bool:
    """Whether a feed that needs an account has a source of ours."""
    return effective(settings, needs_account=True) != "live"


def memory_bound_mb(services: dict[str, Service]) -> int:
    """What all of them together may take."""
    return sum(service.memory_mb for service in services.values())
