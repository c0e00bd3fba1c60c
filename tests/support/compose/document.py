"""docker-compose.yml as read, with the questions that the rules ask of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

Service = dict[str, Any]


@dataclass(frozen=True)
class Document:
    """A compose file of a project."""

    root: Path
    text: str

    @classmethod
    def of(cls, root: Path) -> Document:
        return cls(root, (root / "docker-compose.yml").read_text())

    @cached_property
    def content(self) -> dict[str, Any]:
        found: dict[str, Any] = yaml.safe_load(self.text)
        return found

    @property
    def services(self) -> dict[str, Service]:
        found: dict[str, Service] = self.content["services"]
        return found

    @property
    def dockerfiles(self) -> list[Path]:
        """What its images are built of."""
        builds = [service["build"] for service in self.services.values() if "build" in service]
        return sorted({self.root / build["context"] / build["dockerfile"] for build in builds})


def mounts(service: Service) -> list[tuple[str, str]]:
    """Source and target of each volume."""
    parts = [volume.split(":") for volume in service.get("volumes", ())]
    return [(part[0], part[1]) for part in parts]


def is_once(service: Service) -> bool:
    """Whether it runs once and ends: it has nothing to be asked about."""
    return bool(service.get("restart") == "no")


def instructions(dockerfile: Path) -> list[tuple[str, str]]:
    """Each instruction of a Dockerfile with its arguments, continued lines joined."""
    if not dockerfile.is_file():
        return []  # told by the rule about sources
    joined = re.sub(r"\\\n", " ", dockerfile.read_text())
    lines = (line.strip() for line in joined.splitlines())
    return [
        (word.upper(), rest)
        for line in lines
        if line and line[0] != "#"
        for word, _, rest in [line.partition(" ")]
    ]
