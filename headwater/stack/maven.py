"""Fetching pinned artifacts with Maven's own client, through the user's local repository.

Maven keeps finished artifacts there and resumes partial ones, so an interrupted download goes on
where it stopped; whatever it delivers is checked against our own SHA-256.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from headwater.errors import DownloadError, RequirementError
from headwater.stack.artifacts import Artifact, sha256_of
from headwater.stack.unpack import link_or_copy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"
_log = logging.getLogger(__name__)

_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>headwater.stack</groupId><artifactId>fetch</artifactId><version>1</version>
<packaging>pom</packaging><build><plugins><plugin><groupId>{group}</groupId>
<artifactId>{name}</artifactId><version>{version}</version><configuration>
<artifactItems>{items}</artifactItems></configuration></plugin></plugins></build></project>
"""
_ITEM = (
    "<artifactItem><groupId>{0.group}</groupId><artifactId>{0.name}</artifactId>"
    "<version>{0.version}</version><type>{0.type}</type>"
    "<classifier>{0.classifier}</classifier></artifactItem>"
)


def local_repository() -> Path:
    """The user's local Maven repository."""
    return Path.home() / ".m2" / "repository"


@dataclass(frozen=True)
class Maven:
    """Maven's command line, and the local repository that it fills."""

    repository: Path = field(default_factory=local_repository)

    def run(self, *arguments: str, cwd: Path | None = None) -> str:
        """Run `mvn` in batch mode with strict checksums; its output, or a DownloadError."""
        program = shutil.which("mvn")
        if program is None:
            raise RequirementError("mvn is not on the PATH", remedy="run `headwater doctor --fix`")
        command = [program, "-B", "-q", "-ntp", "-C", f"-Dmaven.repo.local={self.repository}"]
        done = subprocess.run(  # noqa: PLW1510 - the output belongs into the error
            [*command, *arguments],
            cwd=cwd,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "MAVEN_OPTS": _options()},
        )
        if done.returncode:
            raise DownloadError(
                f"mvn {arguments[0]} failed: {_first_error(done.stdout + done.stderr)}",
                remedy="check the network and Maven's settings.xml, then run the command again:"
                " what was fetched is kept",
            )
        return done.stdout

    @contextmanager
    def fetched(self, artifacts: Sequence[Artifact]) -> Iterator[dict[str, Path]]:
        """Deliver verified copies of the artifacts in a folder that ends with the block."""
        self.repository.mkdir(parents=True, exist_ok=True)
        # Beside the repository, so that hard links reach it.
        with tempfile.TemporaryDirectory(dir=self.repository.parent, prefix=".headwater-") as draft:
            folder = Path(draft)
            bad = self._copy(artifacts, folder)
            if bad:
                _log.warning("fetching again, wrong content: %s", bad[0].coordinate)
                self._forget(bad)
                bad = self._copy(bad, folder)
            if bad:
                raise _corrupt(bad[0])
            yield {str(a.coordinate): folder / a.coordinate.file_name for a in artifacts}

    def growth(self, artifacts: Sequence[Artifact]) -> int:
        """How many bytes of the artifacts are in the local repository, partial ones included."""
        return sum(min(_present(a, self.repository), a.size) for a in artifacts)

    def _copy(self, artifacts: Sequence[Artifact], folder: Path) -> list[Artifact]:
        missing = [a for a in artifacts if not self._complete(a)]
        if missing:
            group, name, version = PLUGIN.split(":")
            items = "".join(_ITEM.format(a.coordinate) for a in missing)
            pom = folder / "pom.xml"
            pom.write_text(
                _POM.format(group=group, name=name, version=version, items=items), encoding="utf-8"
            )
            self._download(pom, folder / "copies")
        return [a for a in artifacts if not self._take(a, folder)]

    def _download(self, pom: Path, copies: Path) -> None:
        command = (f"{PLUGIN}:copy", "-f", str(pom), f"-DoutputDirectory={copies}")
        try:
            self.run(*command, cwd=pom.parent)
        except DownloadError as error:
            _log.warning("trying once more: %s", error.message)
            self.run(*command, cwd=pom.parent)
        shutil.rmtree(copies, ignore_errors=True)

    def _complete(self, artifact: Artifact) -> bool:
        path = artifact.coordinate.in_repository(self.repository)
        return path.is_file() and path.stat().st_size == artifact.size

    def _take(self, artifact: Artifact, folder: Path) -> bool:
        source = artifact.coordinate.in_repository(self.repository)
        target = folder / source.name
        target.unlink(missing_ok=True)
        if not source.is_file() or sha256_of(source) != artifact.sha256:
            return False
        link_or_copy(source, target)
        return True

    def _forget(self, artifacts: Sequence[Artifact]) -> None:
        for artifact in artifacts:
            path = artifact.coordinate.in_repository(self.repository)
            for file in path.parent.glob(f"{path.name}*"):
                file.unlink(missing_ok=True)


def _present(artifact: Artifact, repository: Path) -> int:
    path = artifact.coordinate.in_repository(repository)
    if not path.parent.is_dir():
        return 0
    files = [f for f in path.parent.glob(f"{path.name}*") if f.suffix not in {".sha1", ".lock"}]
    return max((_size(file) for file in files), default=0)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # Maven renames the partial file when it is complete
        return 0


def _options() -> str:
    # A short-lived client: the first compiler is enough, and one collector thread.
    return f"{os.environ.get('MAVEN_OPTS', '')} -XX:TieredStopAtLevel=1 -XX:+UseSerialGC".strip()


def _first_error(output: str) -> str:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output)
    errors = [
        line.removeprefix("[ERROR]").strip() for line in plain.splitlines() if "ERROR" in line
    ]
    return next((line for line in errors if line), plain.strip()[-300:] or "no output")


def _corrupt(artifact: Artifact) -> DownloadError:
    return DownloadError(
        f"{artifact.coordinate}: the SHA-256 is not {artifact.sha256}, also when fetched anew",
        remedy="a proxy or mirror alters it; compare with another network, then run it again",
    )
