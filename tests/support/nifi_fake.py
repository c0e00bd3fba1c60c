"""A NiFi that keeps what it is told, in the forms in which the real one gives it back."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Part = dict[str, Any]
DEFAULTS = {"File Size": "0B"}


class FakeNifi:
    """Stands in for `NifiApi`; `calls` are the changes that were asked for."""

    def __init__(self) -> None:
        self.groups: dict[str, Part] = {}
        self.contents: dict[str, Part] = {}
        self.known: dict[str, Part] = {}
        self.states: dict[str, str] = {}
        self.calls: list[str] = []

    def root(self) -> Part:
        return {"processGroups": list(self.groups.values())}

    def flow(self, group: str) -> Part:
        found = self.contents.get(group, {}).get("processors", [])
        return {"processors": [self._processor(part) for part in found]}

    def services(self, group: str) -> list[Part]:
        found = self.contents.get(group, {}).get("controllerServices", [])
        return [
            {"id": part["identifier"], "component": {"name": part["name"], "state": "ENABLED"}}
            for part in found
        ]

    def export(self, group: str) -> Part:
        exported = copy.deepcopy(self.contents.get(group, {}))
        for part in exported.get("processors", []):
            part["instanceIdentifier"] = part["identifier"]
            part["properties"] = {**DEFAULTS, "unset": None, **part["properties"]}
            part["autoTerminatedRelationships"].reverse()
        return exported

    def contexts(self) -> dict[str, Part]:
        return self.known

    def create_context(self, content: Part) -> Part:
        self.calls.append("create context")
        self.known[content["name"]] = {"id": content["name"], "component": copy.deepcopy(content)}
        return self.known[content["name"]]

    def update_context(self, context: Part, parameters: Sequence[Part]) -> None:
        self.calls.append(f"update {sorted(part['name'] for part in parameters)}")
        kept = {e["parameter"]["name"]: e["parameter"] for e in context["component"]["parameters"]}
        for part in parameters:
            if len(part) == 1:
                del kept[part["name"]]
            else:
                kept[part["name"]] = {**part, "value": None if part["sensitive"] else part["value"]}
        context["component"]["parameters"] = [{"parameter": part} for part in kept.values()]

    def delete_context(self, context: Part) -> None:
        self.calls.append("delete context")
        del self.known[context["id"]]

    def create_group(self, name: str, comments: str, context: str, at: Part) -> Part:
        self.calls.append("create group")
        component = {"name": name, "comments": comments, "position": at}
        group = {"id": name, "component": component, "parameterContext": {"id": context}}
        self.groups[name] = group
        return group

    def bind_group(self, group: Part, context: str, comments: str) -> None:
        self.calls.append("bind")
        group["parameterContext"] = {"id": context}
        group["component"]["comments"] = comments

    def replace(self, group: Part, snapshot: Part) -> None:
        self.calls.append("replace")
        self.contents[group["id"]] = copy.deepcopy(snapshot["flowContents"])

    def start(self, group: str) -> None:
        self.calls.append("start")
        for part in self.contents[group]["processors"]:
            self.states[part["identifier"]] = "Running"

    def delete_group(self, group: str) -> None:
        self.calls.append("delete group")
        del self.groups[group]

    def _processor(self, part: Part) -> Part:
        descriptors = {name: {"defaultValue": value} for name, value in DEFAULTS.items()}
        return {
            "id": part["identifier"],
            "status": {"runStatus": self.states.get(part["identifier"], "Stopped")},
            "component": {"name": part["name"], "config": {"descriptors": descriptors}},
        }
