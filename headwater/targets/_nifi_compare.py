"""A flow as it runs against the flow as it is declared, piece by piece, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from headwater.targets._nifi_parts import Part

KINDS = {
    "processors": "processor",
    "controllerServices": "service",
    "connections": "connection",
    "funnels": "funnel",
    "labels": "label",
}
_UNTOLD = {
    "identifier",
    "groupIdentifier",
    "properties",
    "propertyDescriptors",
    "style",
    "zIndex",
    "source",
    "destination",
    "controllerServiceApis",
    "scheduledState",
}
"""Fields that NiFi fills, or that are compared in their own way (states: see `idle`)."""

Defaults = dict[str, dict[str, str | None]]


def differences(declared: Part, running: Part, defaults: Defaults) -> list[str]:
    """What differs; `defaults` are the property defaults of the running pieces by instance id."""
    return [line for kind in KINDS for line in _kind(kind, declared, running, defaults)]


def _kind(kind: str, declared: Part, running: Part, defaults: Defaults) -> Iterator[str]:
    wanted = {part["identifier"]: part for part in declared[kind]}
    found = {part["identifier"]: part for part in running.get(kind, [])}
    for identifier, part in wanted.items():
        if identifier not in found:
            yield f"{_called(kind, part)} is missing"
            continue
        actual = found[identifier]
        known = defaults.get(actual.get("instanceIdentifier", ""), {})
        changed = [*_fields(part, actual), *_properties(part, actual, known)]
        if changed:
            yield f"{_called(kind, part)}: {', '.join(changed)}"
    for identifier in found.keys() - wanted.keys():
        yield f"{_called(kind, found[identifier])} is not declared"


def _called(kind: str, part: Part) -> str:
    if kind == "connections":
        ends = (part["source"].get("name"), part["destination"].get("name"))
        return f"connection {ends[0]!r} to {ends[1]!r}"
    name = part.get("name") or part.get("label", "").partition("\n")[0]
    return f"{KINDS[kind]} {name!r}" if name else KINDS[kind]


def _fields(wanted: Part, actual: Part) -> Iterator[str]:
    for field, value in wanted.items():
        if field not in _UNTOLD and _plain(actual.get(field)) != _plain(value):
            yield field
    for end in ("source", "destination"):
        if end in wanted and actual[end]["id"] != wanted[end]["id"]:
            yield end


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Sets come in any order; empty and absent text are the same."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return sorted(value)
    return value or None if isinstance(value, str | list | dict) else value


def _properties(wanted: Part, actual: Part, defaults: Mapping[str, str | None]) -> Iterator[str]:
    declared, running = wanted.get("properties", {}), actual.get("properties", {})
    for name, value in declared.items():
        if running.get(name) != value:
            yield f"property {name!r}"
    for name, value in running.items():
        if name not in declared and value is not None and value != defaults.get(name):
            yield f"property {name!r}"


def idle(processors: Sequence[Part], services: Sequence[Part]) -> list[str]:
    """What does not run, in words."""
    states = [(p["component"]["name"], p["status"]["runStatus"]) for p in processors]
    lines = [
        f"processor {name!r} is {state.lower()}" for name, state in states if state != "Running"
    ]
    parts = [s["component"] for s in services if s["component"]["state"] != "ENABLED"]
    return sorted(lines) + [f"service {p['name']!r} is {p['state'].lower()}" for p in parts]


def defaults_of(processors: Sequence[Part], services: Sequence[Part]) -> Defaults:
    """Property defaults by instance id, from NiFi's own descriptors."""
    found: Defaults = {}
    for entity in processors:
        found[entity["id"]] = _defaults(entity["component"]["config"].get("descriptors") or {})
    for entity in services:
        found[entity["id"]] = _defaults(entity["component"].get("descriptors") or {})
    return found


def _defaults(descriptors: Mapping[str, Part]) -> dict[str, str | None]:
    return {name: entry.get("defaultValue") for name, entry in descriptors.items()}
