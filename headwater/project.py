"""The checkout is the project: where its folders are, and the state of its local stack."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from headwater.errors import ConfigError


@dataclass(frozen=True)
class Project:
    """The folders of a project; `root` is the nearest folder above that holds `feeds/`."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Project:
        """Find the nearest project at or above `start` (the working directory by default)."""
        start = (start or Path.cwd()).resolve()
        for folder in (start, *start.parents):
            if (folder / "feeds").is_dir():
                return cls(folder)
        raise ConfigError(
            f"no feeds/ folder in {start} nor in any folder above it",
            remedy="run headwater inside a checkout of the project",
        )

    @property
    def feeds(self) -> Path:
        """One YAML file per feed."""
        return self.root / "feeds"

    @property
    def capture(self) -> Path:
        """Which existing MySQL tables are captured."""
        return self.feeds / "capture.yaml"

    @property
    def flows(self) -> Path:
        """NiFi flow definitions, rendered from the feeds."""
        return self.root / "nifi" / "flows"

    @property
    def extensions(self) -> Path:
        """Python processors for NiFi."""
        return self.root / "nifi" / "extensions"

    @property
    def ddl(self) -> Path:
        """MySQL DDL, rendered from the feeds."""
        return self.root / "sql" / "mysql"

    @property
    def debezium(self) -> Path:
        """Connector and worker configurations, and the wire converter."""
        return self.root / "debezium"

    @property
    def streaming(self) -> Path:
        """The streaming job, submitted unchanged locally and on EMR."""
        return self.root / "streaming"


@dataclass(frozen=True)
class DataDir:
    """The one folder that holds the state of a local stack."""

    path: Path

    def of(self, service: str) -> Path:
        """The state of one service."""
        return self.path / service

    @property
    def logs(self) -> Path:
        """One log file per service."""
        return self.path / "log"

    @property
    def run(self) -> Path:
        """Process records of the running services."""
        return self.path / "run"

    @property
    def secrets(self) -> Path:
        """The generated passwords and keys, mode 0600."""
        return self.path / "secrets.json"
