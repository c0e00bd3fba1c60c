"""What AWS runs, built from this checkout: the job's folder and Debezium's plugin.

    dist/emr/         main.py, headwater_cdc.zip, jars/, job.json (how it is submitted)
    dist/debezium.zip the connector, the wire converter and, if given, a secrets provider
    dist/headwater-extensions.nar   NiFi's processors, for its image

The same components as locally, so that there is one Hudi bundle and one converter. Zips are the
same bytes for the same content: terraform replaces only what has changed.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headwater.errors import ConfigError
from headwater.stack.unpack import link_or_copy, write_zip

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from headwater.project import Project
    from headwater.stack.components import Store

COMPONENTS = ("spark-jars", "msk-iam", "job", "debezium", "wire", "nifi-extensions")
MANIFEST = "job.json"
EXTENSIONS = "headwater-extensions.nar"
PLUGIN_FOLDER = "debezium-connector-mysql"
_ON_EMR = ("hadoop-aws-",)
"""EMR has its own file system for s3://; every other jar of the local job goes along."""


@dataclass(frozen=True)
class Package:
    """Where the artefacts stand."""

    job: Path
    plugin: Path
    extensions: Path


def build(
    store: Store, project: Project, out: Path, *, plugin_jars: Sequence[Path] = ()
) -> Package:
    """Make all anew; the components must be installed. `plugin_jars` join Debezium's."""
    missing = [str(jar) for jar in plugin_jars if not jar.is_file()]
    if missing:
        raise ConfigError(f"there is no file {missing[0]}", remedy="name the jar with its path")
    out.mkdir(parents=True, exist_ok=True)
    package = Package(out / "emr", out / "debezium.zip", out / EXTENSIONS)
    _make_job(store, project, package.job)
    jars = [
        *(store.home("debezium") / "plugins").rglob("*.jar"),
        *(store.home("wire") / "plugins").rglob("*.jar"),
        *plugin_jars,
    ]
    write_zip(package.plugin, {f"{PLUGIN_FOLDER}/{jar.name}": jar for jar in jars})
    shutil.copyfile(store.home("nifi-extensions") / EXTENSIONS, package.extensions)
    return package


def _make_job(store: Store, project: Project, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "jars").mkdir(parents=True)
    jars = [
        *sorted((store.home("spark-jars") / "jars").glob("*.jar")),
        *sorted((store.home("msk-iam") / "jars").glob("*.jar")),
    ]
    kept = [jar for jar in jars if not jar.name.startswith(_ON_EMR)]
    for jar in kept:
        link_or_copy(jar, folder / "jars" / jar.name)
    for name in ("main.py", "headwater_cdc.zip"):
        shutil.copyfile(store.home("job") / name, folder / name)
    content = json.dumps(manifest(project, [jar.name for jar in kept]), indent=1)
    (folder / MANIFEST).write_text(content + "\n")


def manifest(project: Project, jars: Iterable[str]) -> dict[str, Any]:
    """How the job is submitted: files relative to the folder, Spark's settings, its logging."""
    return {
        "entry": "main.py",
        "py_files": ["headwater_cdc.zip"],
        "jars": [f"jars/{name}" for name in jars],
        "conf": _pairs((project.streaming / "spark-defaults.conf").read_text()),
        "logging": _pairs((project.streaming / "log4j2.properties").read_text()),
    }


def _pairs(text: str) -> dict[str, str]:
    """The settings of a properties file, `key value` or `key = value`."""
    lines = (line.strip() for line in text.splitlines())
    found = (
        re.split(r"\s*=\s*|\s+", line, maxsplit=1) for line in lines if line and line[0] != "#"
    )
    return {pair[0]: pair[1] for pair in found if len(pair) > 1}
