"""Artifacts by their Maven coordinates, each pinned by size and SHA-256 in `components.lock`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCK_FILE = Path(__file__).with_name("components.lock")
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Coordinate:
    """`group:name:version[:type[:classifier]]`."""

    group: str
    name: str
    version: str
    type: str = "jar"
    classifier: str = ""

    @classmethod
    def parse(cls, text: str) -> Coordinate:
        """Read the colon form."""
        return cls(*text.split(":"))

    def __str__(self) -> str:
        """Write the colon form."""
        parts = [self.group, self.name, self.version, self.type, self.classifier]
        return ":".join(part for part in parts if part)

    @property
    def file_name(self) -> str:
        """The file's name in a repository."""
        suffix = f"-{self.classifier}" if self.classifier else ""
        return f"{self.name}-{self.version}{suffix}.{self.type}"

    def in_repository(self, repository: Path) -> Path:
        """Where a Maven repository keeps the file."""
        return repository / self.group.replace(".", "/") / self.name / self.version / self.file_name


@dataclass(frozen=True)
class Artifact:
    """One pinned file."""

    coordinate: Coordinate
    size: int
    sha256: str


class Lock:
    """The pinned artifacts of every component, part by part."""

    def __init__(self, content: Mapping[str, Mapping[str, list[list[str | int]]]]) -> None:
        self._content = content

    @classmethod
    def load(cls, path: Path = LOCK_FILE) -> Lock:
        """Read the lock file."""
        return cls(json.loads(path.read_text()))

    def part(self, component: str, part: str) -> list[Artifact]:
        """The artifacts of one part of a component."""
        return [
            Artifact(Coordinate.parse(str(name)), int(size), str(sha256))
            for name, size, sha256 in self._content[component][part]
        ]

    def component(self, component: str) -> list[Artifact]:
        """All artifacts of a component."""
        return [a for part in self._content[component] for a in self.part(component, part)]

    def digest(self, component: str) -> str:
        """Changes whenever an artifact of the component changes."""
        text = json.dumps(self._content[component], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def sha256_of_tree(*paths: Path) -> str:
    """A digest of files and folders, by relative name and content; caches do not count."""
    digest = hashlib.sha256()
    for path in paths:
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        for file in files:
            name = file.relative_to(path.parent)
            if "__pycache__" in name.parts or "target" in name.parts:
                continue
            digest.update(f"{name}\0{sha256_of(file)}\n".encode())
    return digest.hexdigest()
