"""docker-compose.yml against the table of services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support.compose.document import Document, instructions, is_once

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from headwater.stack.service import Service

IN_IMAGES = {"jdk25", "kafka", "moto", "mysql", "nifi", "s3proxy", "trino"}
NOT_PUBLISHED = {"kafka"}
"""A broker sends its clients to its own name, which the host does not know."""


def check_equality(document: Document, table: Mapping[str, Service]) -> Iterator[str]:
    """Names, ports, dependencies, groups, memory and stopping are those of the table."""
    servers = {n: s for n, s in document.services.items() if not is_once(s)}
    yield from (f"{name}: only in the table" for name in table.keys() - servers.keys())
    yield from (f"{name}: not in the table" for name in servers.keys() - table.keys())
    for name in servers.keys() & table.keys():
        for what, (found, wanted) in _facts(name, servers[name], table[name]).items():
            if found != wanted:
                yield f"{name}: {what} is {found}, in the table {wanted}"
    yield from _deployment(document, table)
    yield from _components(document, table)


def _components(document: Document, table: Mapping[str, Service]) -> Iterator[str]:
    """Our image has every component that no official image brings."""
    ours = document.services["cli"]["build"]["dockerfile"]
    text = " ".join(rest for _, rest in instructions(document.root / ours))
    for name, row in table.items():
        for component in set(row.components) - IN_IMAGES:
            if component not in text.split():
                yield f"{name}: {ours} does not install {component}"


def _facts(name: str, found: dict[str, Any], row: Service) -> dict[str, tuple[object, object]]:
    port = next(iter(row.ports.values()), None)
    published = [] if port is None or name in NOT_PUBLISHED else [f"127.0.0.1:{port}:{port}"]
    facts: dict[str, tuple[object, object]] = {
        "profiles": (found.get("profiles"), list(row.groups)),
        "ports": (found.get("ports", []), published),
        "depends_on": (found.get("depends_on"), _needs(row.depends_on)),
        "mem_limit": (found.get("mem_limit"), f"{row.memory_mb}m"),
        "stop_grace_period": (found.get("stop_grace_period"), f"{row.stop_grace:.0f}s"),
    }
    if port is not None:
        how, *asked = found.get("healthcheck", {}).get("test", [])[3:5] or [""]
        if how != "file":  # the recorder is ready when it has left one, not when it listens
            facts["healthcheck's port"] = (asked, [str(port)])
    return facts


def _needs(names: tuple[str, ...]) -> dict[str, dict[str, object]]:
    needed: dict[str, dict[str, object]] = {"init": {"condition": "service_completed_successfully"}}
    return {**needed, **{name: {"condition": "service_healthy"} for name in names}}


def _deployment(document: Document, table: Mapping[str, Service]) -> Iterator[str]:
    """The deployment waits for what it waits for locally, where its profile has it."""
    waited = {name: row for name, row in table.items() if row.before_deploy}
    wanted = _needs(tuple(waited))
    for name, row in waited.items():
        if "pipeline" not in row.groups:
            wanted[name] = {**wanted[name], "required": False}
    found = document.services["deploy"]["depends_on"]
    if found != wanted:
        yield f"deploy: waits for {found}, in the table {wanted}"
