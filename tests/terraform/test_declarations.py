"""terraform/ as it stands: what can be said about it without an account and without a registry."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from headwater import settings
from headwater.deployment import Deployment
from headwater.stack.catalog import COMPONENTS
from headwater.stack.package import EXTENSIONS
from support.terraform import safety, structure, tools
from support.terraform.actions import check_actions
from support.terraform.enumerations import (
    FREE,
    LISTED,
    SHAPES,
    check_enumerations,
    valid,
)
from support.terraform.hcl import Body, Module, Resource, literal

PROJECT = Path(__file__).parents[2]
ROOT = PROJECT / "terraform"
Modules = dict[Path, Module]


def told(modules: Modules, *rules: object) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {problem}"
        for path, module in modules.items()
        for rule in rules
        for problem in rule(module)  # type: ignore[operator]
    ]


def test_every_argument_is_the_providers(modules: Modules) -> None:
    assert told(modules, structure.check_arguments) == []


def test_references_lead_somewhere(modules: Modules) -> None:
    rules = (
        lambda module: structure.check_references(module, modules),
        lambda module: structure.check_calls(module, modules),
        structure.check_templates,
    )
    assert told(modules, *rules) == []


def test_enumerated_values_are_valid(modules: Modules) -> None:
    assert told(modules, check_enumerations) == []


def test_every_enumeration_is_of_this_provider(modules: Modules) -> None:
    used = {
        ".".join(part for part in (resource.type, path, name) if part)
        for module in modules.values()
        for resource in module.resources
        for path, body in resource.body.all_blocks()
        for name in body.arguments
    }
    assert {*SHAPES, *LISTED, *FREE} <= used
    assert all(valid(argument) for argument in SHAPES)


@pytest.mark.parametrize("argument", [*SHAPES, *LISTED])
def test_an_enumeration_refuses_what_it_does_not_list(argument: str) -> None:
    kind, *path, name = argument.split(".")
    body = Body({name: '"nonsense"'}, [])
    for block in reversed(path):
        body = Body({}, [(block, body)])
    planted = Module(ROOT, [Resource("resource", kind, "it", ROOT, body)])
    (told,) = check_enumerations(planted)
    assert "is none of" in told


def test_rights_networks_buckets_and_secrets_are_safe(modules: Modules) -> None:
    assert told(modules, *safety.ALL) == []


def test_iam_actions_exist(modules: Modules) -> None:
    assert told(modules, check_actions) == []


def test_the_pinned_provider_is_the_one_whose_schema_is_checked(modules: Modules) -> None:
    described = {
        found.provider
        for module in modules.values()
        for resource in module.resources
        if (found := structure.type_of(resource))
    }
    pinned = set()
    for path, module in modules.items():
        for body in module.settings:
            for kind, block in body.blocks:
                if kind != "required_providers":
                    continue
                version = block.arguments["aws"].get("version")
                if version:
                    pinned.add(literal(version))
                else:
                    assert path.parent.name == "modules", path
    assert pinned == described


def test_the_environments_differ_in_values_only(modules: Modules) -> None:
    dev, prod = (modules[ROOT / "environments" / name] for name in ("dev", "prod"))
    (mine,), (theirs,) = dev.calls.values(), prod.calls.values()
    assert mine.arguments.keys() == theirs.arguments.keys()
    assert (mine.arguments["protect"], theirs.arguments["protect"]) == (False, True)
    for name in ("variables.tf", "outputs.tf", "versions.tf"):
        assert (dev.path / name).read_text() == (prod.path / name).read_text()


def test_everything_is_formatted() -> None:
    terraform = shutil.which("terraform")
    if terraform is None:
        pytest.skip("terraform is not installed here: the format was NOT checked")
    done = subprocess.run(
        [terraform, f"-chdir={ROOT}", "fmt", "-check", "-recursive", "-diff"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "CHECKPOINT_DISABLE": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_mysql_has_the_values_of_the_local_server() -> None:
    text = (PROJECT / "headwater/stack/templates/mysql.cnf").read_text()
    local = {
        key.replace("-", "_"): value
        for key, value in re.findall(r"^([\w-]+)=(.*)$", text, re.MULTILINE)
    }
    rds = {key.replace("-", "_"): value for key, value in _parameters("mysql").items()}
    promised = {"binlog_format", "binlog_row_image", "binlog_row_metadata", "gtid_mode"}
    assert promised <= rds.keys()
    assert {key: local[key] for key in rds.keys() & local.keys()} == {
        key: rds[key] for key in rds.keys() & local.keys()
    }


def test_kafka_takes_the_messages_that_the_connector_may_send() -> None:
    connector = json.loads((PROJECT / "debezium/connector.json").read_text())
    limit = connector["producer.override.max.request.size"]
    kafka = _parameters("kafka")
    assert kafka["message.max.bytes"] == limit
    assert kafka["replica.fetch.max.bytes"] == limit
    assert connector["topic.creation.default.max.message.bytes"] == limit


def _parameters(name: str) -> dict[str, str]:
    """The table of server settings that stands at the head of a module."""
    text = (ROOT / "modules" / name / "main.tf").read_text()
    return dict(re.findall(r'^ +"([\w.-]+)"\s+= "([^"]*)"', text, re.MULTILINE))


def test_checkov_finds_nothing() -> None:
    report = tools.run_checkov(ROOT)
    failed = [
        f"{check['check_id']} {check['resource']}" for check in report["results"]["failed_checks"]
    ]
    assert failed == []
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 400


def test_images_have_the_versions_of_everything_else() -> None:
    nifi, emr, superset = (
        (PROJECT / "docker" / name / "Dockerfile").read_text()
        for name in ("nifi", "emr", "superset")
    )
    assert f"FROM apache/nifi:{COMPONENTS['nifi'].version}\n" in nifi
    assert "/nar_extensions/" in nifi
    assert EXTENSIONS in nifi
    release = re.search(
        r'release_label = "([\w.-]+)"', (ROOT / "modules/streaming/main.tf").read_text()
    )
    assert release is not None
    assert f"/{release[1]}:" in emr
    assert f"FROM apache/superset:{COMPONENTS['superset'].version}\n" in superset
    pins = (PROJECT / "headwater/stack/requirements/superset.txt").read_text()
    for package in ("pyathena", "flask-caching", "rich", "cachetools"):
        pinned = re.search(rf"^{package}(==[\d.]+)", pins, re.MULTILINE)
        assert pinned is not None
        assert re.search(rf"{package}(\[sqlalchemy\])?{re.escape(pinned[1])}[ \n]", superset)


def test_the_recorder_is_started_as_the_image_and_the_settings_have_it() -> None:
    text = (ROOT / "modules/recorder/main.tf").read_text()
    image = (PROJECT / "docker/headwater/Dockerfile").read_text()
    python = re.search(r'"(/[\w/]+)/python", "-m", "headwater\.recorder"', text)
    assert python is not None
    assert f'ENTRYPOINT ["{python[1]}/headwater"]' in image
    assert "useradd --uid 1000" in image
    assert 'user               = "1000:1000"' in text
    known = {settings.env_name(name) for name, *_ in settings.names()}
    told = set(re.findall(r"HEADWATER_\w+", text))
    assert told
    assert told <= known


def test_every_skip_says_why() -> None:
    for file in ROOT.rglob("*.tf"):
        for line in file.read_text().splitlines():
            if "checkov:skip" in line:
                assert re.search(r"checkov:skip=CKV2?_AWS_\d+: \w.{7,}", line), f"{file}: {line}"


def test_the_command_line_reads_what_the_platform_puts_out(modules: Modules) -> None:
    """Keys of what is put out, and told to the recorder, against its model, both ways."""
    platform = modules[ROOT / "modules/platform"]
    assert keys(platform.locals["deployment"]) == fields(Deployment)
    told = (platform.outputs["headwater"], "value"), (platform.calls["recorder"], "deployment")
    assert {body.arguments[name] for body, name in told} == {"${local.deployment}"}


def keys(value: dict[str, Any], prefix: str = "") -> set[str]:
    found = set()
    for name, inner in value.items():
        if name.startswith("__"):
            continue
        found |= keys(inner, f"{prefix}{name}.") if isinstance(inner, dict) else {prefix + name}
    return found


def fields(model: type[BaseModel], prefix: str = "") -> set[str]:
    found = set()
    for name, field in model.model_fields.items():
        kind = field.annotation
        nested = isinstance(kind, type) and issubclass(kind, BaseModel)
        found |= fields(kind, f"{prefix}{name}.") if nested else {prefix + name}  # type: ignore[arg-type]
    return found
