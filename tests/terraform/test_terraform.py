"""terraform itself on terraform/: `validate` and `plan` of an empty account.

The provider is a stand-in with the published schema (support/terraform/plugin.py): it evaluates
nothing and refuses nothing, so what is proved is terraform's part: types, references, counts,
conditions, templates, validations of variables, cycles, and where ephemeral values go.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.aws_deployment import deployment
from support.terraform import plugin
from support.terraform.enumerations import valid
from support.terraform.hcl import Module

PROJECT = Path(__file__).parents[2]
TERRAFORM = shutil.which("terraform")
BACKEND = re.compile(r' +backend "s3" \{.*?\n  \}\n', re.DOTALL)
pytestmark = pytest.mark.skipif(
    TERRAFORM is None, reason="terraform is not installed here: validate and plan were NOT run"
)


@dataclass(frozen=True)
class Place:
    """A copy of what terraform reads, and the environment in which it finds the stand-in."""

    folder: Path
    env: dict[str, str]

    def root(self, name: str) -> Path:
        return self.folder / "terraform" / "environments" / name


@pytest.fixture(scope="module")
def place(modules: dict[Path, Module], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("terraform")
    copy_to(folder)
    used = {(r.mode, r.type) for module in modules.values() for r in module.resources}
    with plugin.serving(used, folder) as env:
        yield Place(folder, env)


def copy_to(folder: Path) -> None:
    shutil.copytree(PROJECT / "terraform", folder / "terraform")
    (folder / "debezium").mkdir()
    shutil.copy(PROJECT / "debezium" / "worker.properties", folder / "debezium")
    (folder / "dist" / "emr").mkdir(parents=True)
    for name in ("emr/main.py", "debezium.zip"):
        (folder / "dist" / name).write_text("built by `make package`")
    for root in (folder / "terraform" / "environments").iterdir():
        versions = root / "versions.tf"  # the state stays here, and is never written
        text, found = BACKEND.subn("", versions.read_text())
        assert found == 1
        versions.write_text(text)
        shutil.copy(root / "terraform.tfvars.example", root / "terraform.tfvars")


@pytest.fixture(scope="module", params=["dev", "prod"])
def planned(place: Place, request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """An environment that terraform finds valid, and what it would make of it."""
    assert TERRAFORM is not None
    name: str = request.param
    assert plugin.validate(TERRAFORM, place.root(name), place.env) == []
    return name, plugin.plan(TERRAFORM, place.root(name), place.env)


def changes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [change for change in plan["resource_changes"] if change["mode"] == "managed"]


def after(plan: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [change["change"]["after"] for change in changes(plan) if change["type"] == kind]


def test_an_empty_account_is_planned(planned: tuple[str, dict[str, Any]]) -> None:
    _, plan = planned
    assert {tuple(change["change"]["actions"]) for change in changes(plan)} == {("create",)}
    assert len(changes(plan)) > 140
    assert set(plan["planned_values"]["outputs"]) >= {"headwater", "image_uris"}


def test_planned_values_are_valid_where_aws_enumerates_them(
    planned: tuple[str, dict[str, Any]],
) -> None:
    """Also those that come from tables, variables and conditions."""
    _, plan = planned
    wrong = [
        (change["address"], argument, value)
        for change in changes(plan)
        for argument, value in flat(change["type"], change["change"]["after"])
        if (known := valid(argument)) is not None and value is not None and value not in known
    ]
    assert wrong == []


def flat(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Each plain value with its argument: `type.block.argument`."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from flat(f"{path}.{name}", inner)
    elif isinstance(value, list):
        for inner in value:
            yield from flat(path, inner)
    else:
        yield path, value


def test_no_password_is_in_the_plan(planned: tuple[str, dict[str, Any]]) -> None:
    """The stand-in makes passwords that can be told; write-only arguments keep them out."""
    _, plan = planned
    assert "the-random_password" not in str(plan)
    assert "'secret_string_wo': None" in str(plan)


def test_the_recorder_is_a_small_task_that_nobody_calls(
    planned: tuple[str, dict[str, Any]],
) -> None:
    name, plan = planned
    service = f"headwater-{name}-recorder"
    tasks = {task["family"]: task for task in after(plan, "aws_ecs_task_definition")}
    assert (tasks[service]["cpu"], tasks[service]["memory"]) == ("256", "512")
    called = {made["name"]: bool(made["load_balancer"]) for made in after(plan, "aws_ecs_service")}
    assert called == {
        service: False,
        f"headwater-{name}-nifi": True,
        f"headwater-{name}-superset": True,
    }
    made_of = deployment().model_copy(update={"name": f"headwater-{name}"})
    groups = {group["name"] for group in after(plan, "aws_cloudwatch_log_group")}
    assert made_of.log_groups["recorder"] in groups


def test_only_production_keeps_what_holds_data(planned: tuple[str, dict[str, Any]]) -> None:
    name, plan = planned
    kept = name == "prod"
    databases = after(plan, "aws_db_instance")
    assert [d["deletion_protection"] for d in databases] == [kept, kept]
    assert [d["skip_final_snapshot"] for d in databases] == [not kept, not kept]
    assert {bucket["force_destroy"] for bucket in after(plan, "aws_s3_bucket")} == {not kept}
    assert {key["deletion_window_in_days"] for key in after(plan, "aws_kms_key")} == {
        30 if kept else 7
    }


SEEDS = {
    "misspelt argument": ("kafka", "kafka_version  ", "kafka_verison  ", "Unsupported argument"),
    "missing argument": (
        "kafka",
        "  number_of_broker_nodes = var.size.brokers\n",
        "",
        "Missing required argument",
    ),
    "unknown function": ("kafka", 'join("\\n"', 'joined("\\n"', "Call to unknown function"),
    "cycle": ("kafka", "/${var.name}/kafka", "/${aws_msk_cluster.this.arn}", "Cycle"),
    "password in the state": (
        "superset",
        "password_wo         =",
        "password =",
        "Invalid use of ephemeral value",
    ),
}


@pytest.mark.parametrize("seed", SEEDS.values(), ids=SEEDS)
def test_terraform_finds_a_planted_mistake(
    place: Place, tmp_path: Path, seed: tuple[str, str, str, str]
) -> None:
    assert TERRAFORM is not None
    copy_to(tmp_path)
    module, sound, broken, complaint = seed
    file = tmp_path / "terraform" / "modules" / module / "main.tf"
    assert sound in file.read_text()
    file.write_text(file.read_text().replace(sound, broken, 1))
    root = Place(tmp_path, place.env).root("dev")
    assert complaint in "".join(plugin.validate(TERRAFORM, root, place.env))
