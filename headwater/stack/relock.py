"""Write `components.lock` anew after a version changed: `python -m headwater.stack.relock`.

Resolves every part with Maven, then records size and SHA-256 of each file. A developer's tool;
what it writes is reviewed and committed, and is the only thing an installation goes by.
"""

from __future__ import annotations

import json
import logging
import tempfile
from pathlib import Path

from headwater.stack.artifacts import LOCK_FILE, Coordinate, sha256_of
from headwater.stack.catalog import COMPONENTS, Part
from headwater.stack.maven import PLUGIN, Maven

POMS = Path(__file__).with_name("poms")
_log = logging.getLogger(__name__)

Entry = list[str | int]


def resolve(part: Part, maven: Maven) -> list[Entry]:
    """Every artifact of a part: coordinate, size, SHA-256."""
    if part.pom:
        coordinates = _closure(POMS / part.pom, maven)
    else:
        coordinates = [Coordinate.parse(text) for text in part.artifacts]
        for coordinate in coordinates:
            maven.run(f"{PLUGIN}:get", f"-Dartifact={coordinate}", "-Dtransitive=false")
    return [_entry(coordinate, maven.repository) for coordinate in sorted(coordinates, key=str)]


def _closure(pom: Path, maven: Maven) -> list[Coordinate]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "classpath"
        maven.run(
            f"{PLUGIN}:build-classpath", "-f", str(pom), "-DincludeScope=runtime",
            f"-Dmdep.outputFile={out}",
        )  # fmt: skip
        return [_coordinate(Path(p), maven.repository) for p in out.read_text().split(":")]


def _coordinate(path: Path, repository: Path) -> Coordinate:
    *group, name, version, file_name = path.relative_to(repository).parts
    stem, _, kind = file_name.rpartition(".")
    classifier = stem.removeprefix(f"{name}-{version}").removeprefix("-")
    return Coordinate(".".join(group), name, version, kind, classifier)


def _entry(coordinate: Coordinate, repository: Path) -> Entry:
    path = coordinate.in_repository(repository)
    return [str(coordinate), path.stat().st_size, sha256_of(path)]


def main() -> None:
    """Resolve everything and write the lock file."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    maven = Maven()
    lock: dict[str, dict[str, list[Entry]]] = {}
    for component in COMPONENTS.values():
        for part in component.parts:
            lock.setdefault(component.name, {})[part.name] = resolve(part, maven)
            _log.info("%s %s", component.name, part.name)
    LOCK_FILE.write_text(_compact(lock))


def _compact(lock: dict[str, dict[str, list[Entry]]]) -> str:
    """Write one artifact a line, so that a change reads well in review."""
    components = []
    for name, parts in lock.items():
        blocks = []
        for part, entries in parts.items():
            lines = ",\n   ".join(json.dumps(entry) for entry in entries)
            blocks.append(f"  {json.dumps(part)}: [\n   {lines}\n  ]")
        components.append(f" {json.dumps(name)}: {{\n" + ",\n".join(blocks) + "\n }")
    return "{\n" + ",\n".join(components) + "\n}\n"


if __name__ == "__main__":
    main()
