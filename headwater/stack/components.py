"""Installing components: each into a folder of its own in the per-user cache, all or nothing.

    component_dir("kafka", settings)          where an installed component is
    install(["kafka", "jdk25"], settings, progress)

A folder is built under another name and renamed when it is complete, so it is there or it is
not; installing twice does nothing, and two processes wait for each other. `python -m
headwater.stack.components NAME...` installs by hand.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import shutil
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from headwater.errors import StackError
from headwater.project import Project
from headwater.settings import Settings, load
from headwater.stack import progress as meters
from headwater.stack import wheels
from headwater.stack.artifacts import Artifact, Lock
from headwater.stack.builds import Workshop
from headwater.stack.catalog import COMPONENTS, Component
from headwater.stack.maven import Maven
from headwater.stack.progress import Listener, Meter, Progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MARKER = ".complete.json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Store:
    """The cache of components, and what they are made from."""

    root: Path
    project: Project
    lock: Lock = field(default_factory=Lock.load)
    maven: Maven = field(default_factory=Maven)

    @classmethod
    def of(cls, settings: Settings, project: Project | None = None) -> Store:
        """The store of a user (and a project, for what is built from it)."""
        return cls(settings.cache_dir / "components", project or Project.find())

    def home(self, name: str) -> Path:
        """The folder of a component, there or not."""
        component = named(name)
        digest = self._digest(component)[:10]
        return self.root / "-".join(part for part in (name, component.version, digest) if part)

    def installed(self, name: str) -> bool:
        """Whether a component is complete."""
        return (self.home(name) / MARKER).is_file()

    def missing_bytes(self, names: Iterable[str]) -> int:
        """How many bytes an installation of these would still fetch."""
        total = 0
        for name in names:
            if not self.installed(name):
                artifacts = self.artifacts(named(name))
                total += named(name).size + sum(a.size for a in artifacts)
                total -= self.maven.growth(artifacts)
        return total

    def artifacts(self, component: Component) -> list[Artifact]:
        """The pinned artifacts of a component."""
        return self.lock.component(component.name) if component.parts else []

    def install(self, names: Sequence[str], listener: Listener = meters.ignore) -> None:
        """Install what is missing of these components, one after the other."""
        wanted = [named(name) for name in dict.fromkeys(names)]
        todo = [c for c in wanted if not self.installed(c.name)]
        sizes = {c.name: c.size + sum(a.size for a in self.artifacts(c)) for c in todo}
        meter = Meter(sum(sizes.values()), listener)
        for component in todo:
            there = self.maven.growth(self.artifacts(component))
            meter.present(there)
            with meter.watching(component.name, lambda c=component, t=there: self._grown(c) - t):  # type: ignore[misc]
                self._install(component)
            meter.complete(sizes[component.name] - there)
            meter.tell(component.name, finished=True)

    def _grown(self, component: Component) -> int:
        return self.maven.growth(self.artifacts(component))

    def _install(self, component: Component) -> None:
        home = self.home(component.name)
        with _exclusive(home.with_name(f".{home.name}.lock")):
            if self.installed(component.name):
                return
            prefix = f".draft-{home.name}-"
            for left in self.root.glob(f"{prefix}*"):  # by an installation that was killed
                shutil.rmtree(left, ignore_errors=True)
            draft = Path(tempfile.mkdtemp(dir=self.root, prefix=prefix))
            try:
                self._assemble(component, draft)
                draft.chmod(0o755)
                marker = {"name": component.name, "version": component.version}
                (draft / MARKER).write_text(json.dumps(marker))
                shutil.rmtree(home, ignore_errors=True)
                draft.rename(home)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
        _log.info("installed %s", home.name)

    def _assemble(self, component: Component, draft: Path) -> None:
        if component.build:
            component.build.make(Workshop(self.project, self.maven, self.home), draft)
        elif component.requirements:
            wheels.install(component.requirements, draft / "site")
        else:
            self._assemble_parts(component, draft)
        if component.finish:
            component.finish(draft)

    def _assemble_parts(self, component: Component, draft: Path) -> None:
        with self.maven.fetched(self.artifacts(component)) as files:
            for part in component.parts:
                pinned = self.lock.part(component.name, part.name)
                part.place([files[str(a.coordinate)] for a in pinned], draft)

    def _digest(self, component: Component) -> str:
        if component.build:
            content = component.build.digest(self.project)
        elif component.requirements:
            # Wheels with compiled parts fit one version of Python only.
            content = f"{wheels.pins(component.requirements)} {sys.implementation.cache_tag}"
        else:
            content = self.lock.digest(component.name)
        return hashlib.sha256(f"{component.layout} {content}".encode()).hexdigest()


def named(name: str) -> Component:
    """A component of the table."""
    if name not in COMPONENTS:
        raise StackError(
            f"there is no component {name!r}", remedy=f"one of {', '.join(sorted(COMPONENTS))}"
        )
    return COMPONENTS[name]


def component_dir(name: str, settings: Settings, project: Project | None = None) -> Path:
    """Where a component is (or will be) installed."""
    return Store.of(settings, project).home(name)


def install(
    names: Sequence[str],
    settings: Settings,
    progress: Listener = meters.ignore,
    *,
    project: Project | None = None,
) -> None:
    """Install what is missing of these components."""
    Store.of(settings, project).install(names, progress)


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _log_progress(reading: Progress) -> None:
    left = "" if reading.seconds_left is None else f", {reading.seconds_left:.0f} s left"
    _log.info(
        "%s: %d of %d MB, %.1f MB/s%s",
        reading.component, reading.done >> 20, reading.total >> 20, reading.rate / 2**20, left,
    )  # fmt: skip


def main(names: Sequence[str]) -> None:
    """Install the named components (all by default) and log where they are."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    settings, _ = load()
    install(names or list(COMPONENTS), settings, _log_progress)
    for name in names or COMPONENTS:
        _log.info("%s %s", name, component_dir(name, settings))


if __name__ == "__main__":
    main(sys.argv[1:])
