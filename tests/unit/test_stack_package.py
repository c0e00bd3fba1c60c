"""What `headwater package` makes: complete, and the same bytes every time."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from headwater.errors import ConfigError
from headwater.project import Project
from headwater.stack import package
from headwater.stack.catalog import COMPONENTS

if TYPE_CHECKING:
    from headwater.stack.components import Store

ROOT = Path(__file__).resolve().parents[2]
FILES = (
    "spark-jars/jars/hudi-bundle.jar",
    "spark-jars/jars/hadoop-aws-3.jar",
    "msk-iam/jars/msk-iam.jar",
    "job/main.py",
    "job/headwater_cdc.zip",
    "debezium/plugins/debezium/connector.jar",
    "wire/plugins/wire/headwater-wire.jar",
    "nifi-extensions/headwater-extensions.nar",
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    for name in FILES:
        file = tmp_path / "components" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    fake = SimpleNamespace(home=lambda name: tmp_path / "components" / name)
    return cast("Store", fake)


def test_the_job_brings_every_jar_but_the_file_system_that_emr_has(
    store: Store, tmp_path: Path
) -> None:
    made = package.build(store, Project(ROOT), tmp_path / "dist")
    how = json.loads((made.job / package.MANIFEST).read_text())
    assert how["jars"] == ["jars/hudi-bundle.jar", "jars/msk-iam.jar"]
    for name in (*how["jars"], *how["py_files"], how["entry"]):
        assert (made.job / name).is_file()
    assert how["conf"]["spark.sql.session.timeZone"] == "UTC"
    assert how["logging"]["rootLogger.level"] == "warn"


def test_the_plugin_is_one_folder_with_what_is_added(store: Store, tmp_path: Path) -> None:
    extra = tmp_path / "secrets-provider.jar"
    extra.write_text("jar")
    made = package.build(store, Project(ROOT), tmp_path / "dist", plugin_jars=[extra])
    names = zipfile.ZipFile(made.plugin).namelist()
    assert names == [
        f"{package.PLUGIN_FOLDER}/{name}"
        for name in ("connector.jar", "headwater-wire.jar", "secrets-provider.jar")
    ]


def test_the_same_content_gives_the_same_bytes(store: Store, tmp_path: Path) -> None:
    one = package.build(store, Project(ROOT), tmp_path / "one")
    (store.home("wire") / "plugins/wire/headwater-wire.jar").touch()
    two = package.build(store, Project(ROOT), tmp_path / "two")
    assert one.plugin.read_bytes() == two.plugin.read_bytes()


def test_a_jar_that_is_not_there_is_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no\.jar"):
        package.build(store, Project(ROOT), tmp_path / "dist", plugin_jars=[Path("no.jar")])


def test_the_components_are_in_the_table() -> None:
    assert set(package.COMPONENTS) <= set(COMPONENTS)
