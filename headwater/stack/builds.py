"""Components made from the project's own sources, keyed by a hash of them."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from headwater.errors import StackError
from headwater.stack import wheels
from headwater.stack.artifacts import sha256_of_tree
from headwater.stack.unpack import write_zip

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from headwater.project import Project
    from headwater.stack.maven import Maven

PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Workshop:
    """What a build may use."""

    project: Project
    maven: Maven
    home: Callable[[str], Path]  # where another component is installed


@dataclass(frozen=True)
class Build:
    """What a component is made from, and how."""

    sources: Callable[[Project], tuple[Path, ...]]
    make: Callable[[Workshop, Path], None]  # writes into an empty component folder

    def digest(self, project: Project) -> str:
        """Changes whenever a source changes."""
        return _digest(self, project)


@cache
def _digest(build: Build, project: Project) -> str:
    """Once per process: a source that is edited while the stack starts must not split it in two."""
    missing = [path for path in build.sources(project) if not path.exists()]
    if missing:
        raise StackError(f"{missing[0]} is not there", remedy="complete the checkout")
    return sha256_of_tree(*build.sources(project))


def _wire_sources(project: Project) -> tuple[Path, ...]:
    wire = project.debezium / "wire"
    return (wire / "pom.xml", wire / "src")


def _make_wire(workshop: Workshop, home: Path) -> None:
    """Package the converter; its jar and `target/lib/*.jar` become one Connect plugin."""
    project = workshop.project
    work = home / "work"
    work.mkdir()
    for source in _wire_sources(project):
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, work / source.name)
    workshop.maven.run("package", "-f", str(work / "pom.xml"), "-DskipTests", cwd=work)
    plugin = home / "plugins" / "wire"
    plugin.mkdir(parents=True)
    target = work / "target"
    jars = [j for j in target.glob("*.jar") if not j.name.startswith("original-")]
    if not jars:
        raise StackError(f"{project.debezium / 'wire'}: mvn package made no jar")
    for jar in (*jars, *target.glob("lib/*.jar")):
        shutil.copy2(jar, plugin)
    shutil.rmtree(work)


def _extension_sources(project: Project) -> tuple[Path, ...]:
    ours = (PACKAGE / name for name in ("__init__.py", "errors.py", "feed", "ingest"))
    return (project.extensions, *(path for path in ours if path.exists()))


def _make_extensions(workshop: Workshop, home: Path) -> None:
    builder = _load(workshop.project.extensions / "build_nar.py")
    made = Path(builder.build(home / "headwater-extensions.nar"))
    if not made.is_file():
        raise StackError(f"{builder.__file__}: build() made no file {made}")


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"headwater_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise StackError(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


def _job_sources(project: Project) -> tuple[Path, ...]:
    return (project.streaming / "headwater_cdc", project.streaming / "main.py")


def _make_job(workshop: Workshop, home: Path) -> None:
    """Zip the package for `--py-files`; the entry script stands beside it."""
    package, entry = _job_sources(workshop.project)
    sources = {str(file.relative_to(package.parent)): file for file in package.rglob("*.py")}
    write_zip(home / "headwater_cdc.zip", sources)
    shutil.copy2(entry, home / entry.name)


PAGE = PACKAGE / "site" / "page"


def _page_sources(_: Project) -> tuple[Path, ...]:
    names = ("package.json", "package-lock.json", ".npmrc", "build.mjs", "src", "static")
    return tuple(PAGE / name for name in names)


def _make_page(workshop: Workshop, home: Path) -> None:
    """Bundle the live map with what npm fetches for it; only the result is kept."""
    work = home / "work"
    work.mkdir()
    for source in _page_sources(workshop.project):
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, work / source.name)
    site = workshop.home("node")
    npm = str(wheels.npm(site))
    wheels.run_node(site, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=work)
    wheels.run_node(site, "build.mjs", str(home / "www"), cwd=work)
    atlas = home / "atlas"  # Natural Earth's borders as they came, for other maps
    atlas.mkdir()
    shutil.copy2(work / "node_modules" / "world-atlas" / "countries-10m.json", atlas)
    shutil.rmtree(work)


WIRE = Build(_wire_sources, _make_wire)
EXTENSIONS = Build(_extension_sources, _make_extensions)
JOB = Build(_job_sources, _make_job)
LIVE_MAP = Build(_page_sources, _make_page)
