"""What every target has in common: desired state against actual state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from headwater.capture.model import Capture

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from headwater.connections import Connections
    from headwater.feed.model import Feed
    from headwater.project import Project
    from headwater.settings import Settings
    from headwater.sources import Source


@dataclass(frozen=True)
class Change:
    """One difference between what is declared and what runs."""

    target: str
    action: Literal["create", "update", "delete"]
    name: str
    detail: str = ""


@dataclass(frozen=True)
class Context:
    """What a target needs to know; `sources` names the effective source of each feed."""

    project: Project
    settings: Settings
    connections: Connections
    feeds: Sequence[Feed]
    sources: Mapping[str, Source]
    capture: Capture = field(default_factory=Capture)


class Target(Protocol):
    """One foreign system. All methods may be called any number of times."""

    name: str

    def render(self) -> Mapping[Path, str]:
        """Files that stand in the repository (path below the root → content); no I/O."""
        ...

    def plan(self) -> list[Change]:
        """Observe the running system and list what differs; changes nothing."""
        ...

    def apply(self) -> list[Change]:
        """Make the running system as declared; returns what was changed."""
        ...
