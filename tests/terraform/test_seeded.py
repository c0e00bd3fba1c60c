"""Each check is worth something: a mistake planted in a copy of terraform/ makes it fail."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.terraform import hcl, safety, structure, tools
from support.terraform.actions import check_actions
from support.terraform.enumerations import check_enumerations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROOT = Path(__file__).parents[2] / "terraform"


def problems(root: Path, folder: Path) -> list[str]:
    """What all rules say of one module of the copy."""
    known = hcl.modules(root)
    found = known[folder.resolve()]
    rules: list[Callable[[hcl.Module], Iterable[str]]] = [
        structure.check_arguments,
        lambda one: structure.check_references(one, known),
        lambda one: structure.check_calls(one, known),
        structure.check_templates,
        check_enumerations,
        check_actions,
        *safety.ALL,
    ]
    return [problem for rule in rules for problem in rule(found)]


@dataclass(frozen=True)
class Seed:
    """In a module `sound` becomes `broken`, and a rule complains."""

    module: str
    sound: str
    broken: str
    complaint: str


SEEDS = {
    "misspelt argument": Seed("kafka", "kafka_version  ", "kafka_verison  ", "is unknown"),
    "misspelt nested argument": Seed("kafka", "volume_size", "volumesize", "is unknown"),
    "misspelt block": Seed("kafka", "encryption_info {", "encryptions {", "no block encryptions"),
    "missing required argument": Seed(
        "kafka",
        "  number_of_broker_nodes = var.size.brokers\n",
        "",
        "number_of_broker_nodes is required",
    ),
    "missing required nested argument": Seed(
        "streaming", "    image_uri = var.image\n", "", "image_uri is required"
    ),
    "wrong kind": Seed("kafka", "in_cluster    = true", 'in_cluster = "yes"', "is not a boolean"),
    "unknown value": Seed("kafka", '"TLS"', '"TSL"', "'TSL' is none of"),
    "unknown action": Seed("iam", '"kms:Decrypt"', '"kms:Decypher"', "no action kms:Decypher"),
    "lost variable": Seed("kafka", "var.subnets", "var.subnetz", "var.subnetz is not declared"),
    "lost attribute": Seed(
        "kafka", "this.latest_revision", "this.last_revision", "no attribute last_revision"
    ),
    "lost resource": Seed(
        "lake", 'aws_s3_bucket.this["logs"].id', "aws_s3_bucket.log.id", "log is not declared"
    ),
    "lost output": Seed("platform", "module.kafka.arn", "module.kafka.arm", "no output arm"),
    "escaped template": Seed(
        "kafka", '"/${var.name}/kafka"', '"/$${var.name}/kafka"', "an escaped template"
    ),
    "missing input": Seed(
        "platform",
        '  plugin               = "${var.project}/dist/debezium.zip"\n',
        "",
        "variable plugin is required",
    ),
    "wildcard action": Seed("iam", '["s3:PutObject"]', '["s3:*"]', "a wildcard without a reason"),
    "wildcard resource": Seed(
        "iam", '["${var.lake_arn}/raw/*"]', '["*"]', "a wildcard without a reason"
    ),
    "open port": Seed(
        "network", "cidr_ipv4         = each.key", 'cidr_ipv4 = "0.0.0.0/0"', "open to the whole"
    ),
    "public bucket": Seed(
        "lake",
        "block_public_policy     = true",
        "block_public_policy     = false",
        "public access is not blocked",
    ),
    "plain-text secret": Seed(
        "superset",
        "SUPERSET_DB_NAME   = ",
        'SUPERSET_DB_PASSWORD = "hunter2!2"\n    X = ',
        "looks like a secret",
    ),
    "secret in the state": Seed(
        "superset", "password_wo         =", "password =", "password would be in the state"
    ),
}


@pytest.mark.parametrize("seed", SEEDS.values(), ids=SEEDS.keys())
def test_a_planted_mistake_is_found(tmp_path: Path, seed: Seed) -> None:
    copy = tmp_path / "terraform"
    shutil.copytree(ROOT, copy)
    folder = copy / "modules" / seed.module
    files = [file for file in folder.glob("*.tf") if seed.sound in file.read_text()]
    assert files, f"{seed.sound!r} is not in {seed.module}: the seed is out of date"
    files[0].write_text(files[0].read_text().replace(seed.sound, seed.broken, 1))
    found = problems(copy, folder)
    assert any(seed.complaint in problem for problem in found), found


def test_checkov_finds_planted_mistakes(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("""
resource "aws_s3_bucket" "open" { bucket = "open" }
resource "aws_s3_bucket_acl" "open" {
  bucket = aws_s3_bucket.open.id
  acl    = "public-read"
}
resource "aws_security_group_rule" "ssh" {
  type        = "ingress"
  from_port   = 22
  to_port     = 22
  protocol    = "tcp"
  cidr_blocks = ["0.0.0.0/0"]
}
data "aws_iam_policy_document" "all" {
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
}
resource "aws_db_instance" "plain" { storage_encrypted = false }
resource "aws_instance" "secret" {
  user_data = "export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
}
""")
    found = {check["check_id"] for check in tools.run_checkov(tmp_path)["results"]["failed_checks"]}
    assert {"CKV_AWS_20", "CKV_AWS_24", "CKV_AWS_49", "CKV_AWS_16", "CKV_AWS_46"} <= found
