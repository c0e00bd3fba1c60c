"""The pieces of a NiFi flow definition (VersionedFlowSnapshot), in the form NiFi exports.

Identifiers are UUIDs made of the names, so the same feed always renders the same text, and NiFi
recognises each piece when a changed definition replaces a running one.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NIFI_VERSION = "2.3.0"
GROUP = "org.apache.nifi"
STANDARD = "nifi-standard-nar"
PYTHON = "python-extensions"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://headwater.invalid/nifi")

Part = dict[str, Any]


def identifier(*names: str) -> str:
    """The UUID of a piece, made of its path of names."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(names)))


def bundle(artifact: str, version: str = NIFI_VERSION) -> Part:
    """The NAR that holds a type."""
    return {"group": GROUP, "artifact": artifact, "version": version}


@dataclass(frozen=True)
class Retry:
    """Which relationships NiFi itself tries again, holding the processor back meanwhile."""

    relationships: tuple[str, ...] = ()
    count: int = 10
    longest: str = "10 mins"


@dataclass(frozen=True)
class Step:
    """One processor; `ends` are relationships at whose end a FlowFile has done its work."""

    name: str
    type: str
    bundle: Part
    at: tuple[float, float]
    properties: Mapping[str, str]
    ends: tuple[str, ...] = ()
    every: str = "0 sec"
    penalty: str = "1 sec"
    retry: Retry = field(default_factory=Retry)
    comments: str = ""


@dataclass
class Canvas:
    """One process group, filled piece by piece."""

    name: str
    parts: dict[str, list[Part]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The group's own identifier."""
        return identifier(self.name)

    def step(self, step: Step) -> Part:
        """Add a processor."""
        return self._add("processors", step.name, {
            "name": step.name,
            "comments": step.comments,
            "position": position(step.at),
            "type": step.type,
            "bundle": step.bundle,
            "properties": dict(step.properties),
            "propertyDescriptors": {},
            "style": {},
            "schedulingPeriod": step.every,
            "schedulingStrategy": "TIMER_DRIVEN",
            "executionNode": "PRIMARY" if step.type.endswith("GenerateFlowFile") else "ALL",
            "penaltyDuration": step.penalty,
            "yieldDuration": "1 sec",
            "bulletinLevel": "WARN",
            "runDurationMillis": 0,
            "concurrentlySchedulableTaskCount": 1,
            "autoTerminatedRelationships": sorted(step.ends),
            "scheduledState": "ENABLED",
            "retryCount": step.retry.count,
            "retriedRelationships": sorted(step.retry.relationships),
            "backoffMechanism": "YIELD_PROCESSOR",
            "maxBackoffPeriod": step.retry.longest,
            "componentType": "PROCESSOR",
        })  # fmt: skip

    def park(self, name: str, at: tuple[float, float]) -> Part:
        """Add a funnel that leads nowhere: what reaches it waits in its queue for a person."""
        return self._add("funnels", name, {"position": position(at), "componentType": "FUNNEL"})

    def label(self, name: str, text: str, at: tuple[float, float], size: tuple[int, int]) -> Part:
        """Add words to the canvas."""
        return self._add("labels", name, {
            "position": position(at),
            "label": text,
            "width": float(size[0]),
            "height": float(size[1]),
            "zIndex": 0,
            "style": {"font-size": "14px"},
            "componentType": "LABEL",
        })  # fmt: skip

    def service(self, name: str, kind: str, nar: Part, api: Part, properties: Part) -> Part:
        """Add a controller service."""
        return self._add("controllerServices", name, {
            "name": name,
            "comments": "",
            "type": kind,
            "bundle": nar,
            "properties": properties,
            "propertyDescriptors": {},
            "controllerServiceApis": [api],
            "scheduledState": "ENABLED",
            "bulletinLevel": "WARN",
            "componentType": "CONTROLLER_SERVICE",
        })  # fmt: skip

    def connect(
        self,
        source: Part,
        relationships: Sequence[str],
        destination: Part,
        **options: Any,  # noqa: ANN401 - fields of a connection, by NiFi's names
    ) -> Part:
        """Add a queue between two pieces."""
        path = f"{source['identifier']}>{destination['identifier']}"
        return self._add("connections", path, {
            "name": "",
            "source": self._end(source),
            "destination": self._end(destination),
            "labelIndex": 0,
            "zIndex": 0,
            "selectedRelationships": sorted(relationships),
            "backPressureObjectThreshold": 10000,
            "backPressureDataSizeThreshold": "1 GB",
            "flowFileExpiration": "0 sec",
            "prioritizers": [],
            "bends": [],
            "loadBalanceStrategy": "DO_NOT_LOAD_BALANCE",
            "partitioningAttribute": "",
            "loadBalanceCompression": "DO_NOT_COMPRESS",
            "componentType": "CONNECTION",
            **options,
        })  # fmt: skip

    def group(self, comments: str, context: str) -> Part:
        """The process group with all that was added."""
        lists = ("processors", "connections", "funnels", "labels", "controllerServices")
        return {
            "identifier": self.id,
            "name": self.name,
            "comments": comments,
            "position": position((0, 0)),
            "processGroups": [],
            "remoteProcessGroups": [],
            "inputPorts": [],
            "outputPorts": [],
            **{name: self.parts.get(name, []) for name in lists},
            "parameterContextName": context,
            "defaultFlowFileExpiration": "0 sec",
            "defaultBackPressureObjectThreshold": 10000,
            "defaultBackPressureDataSizeThreshold": "1 GB",
            "scheduledState": "ENABLED",
            "executionEngine": "INHERITED",
            "maxConcurrentTasks": 1,
            "statelessFlowTimeout": "1 min",
            "flowFileConcurrency": "UNBOUNDED",
            "flowFileOutboundPolicy": "STREAM_WHEN_AVAILABLE",
            "componentType": "PROCESS_GROUP",
        }

    def _add(self, kind: str, name: str, part: Part) -> Part:
        added = {
            "identifier": identifier(self.name, kind, name),
            "groupIdentifier": self.id,
            **part,
        }
        self.parts.setdefault(kind, []).append(added)
        return added

    def _end(self, part: Part) -> Part:
        return {
            "id": part["identifier"],
            "type": part["componentType"],
            "groupId": self.id,
            "name": part.get("name", "Funnel"),
        }


def position(at: tuple[float, float]) -> Part:
    """A place on the canvas."""
    return {"x": float(at[0]), "y": float(at[1])}


def snapshot(group: Part, context: Part) -> Part:
    """A complete flow definition: what NiFi's own `Download flow definition` gives."""
    return {
        "flowContents": group,
        "externalControllerServices": {},
        "parameterContexts": {context["name"]: context},
        "parameterProviders": {},
        "flowEncodingVersion": "1.0",
        "latest": False,
    }
