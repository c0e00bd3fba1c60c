"""`headwater --target aws`: terraform is asked, AWS is used, and what is local says so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from headwater.cli import main
from headwater.errors import ExitCode
from headwater.stack.catalog import COMPONENTS
from support.aws_deployment import NAME, REGION, deployment, output

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with a terraform that prints a deployment, and the deployment's secrets."""
    shutil.copytree(ROOT / "feeds", tmp_path / "feeds")
    (tmp_path / "terraform/environments/dev").mkdir(parents=True)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        printed = json.dumps(with_secrets())
        terraform = tmp_path / "bin" / "terraform"
        terraform.parent.mkdir()
        terraform.write_text(
            '#!/bin/sh\n[ "$2 $3 $4" = "output -json headwater" ] || exit 2\n'
            f"cat <<'END'\n{printed}\nEND\n"
        )
        terraform.chmod(0o755)
        monkeypatch.setenv("PATH", f"{terraform.parent}:/usr/bin:/bin")
        monkeypatch.chdir(tmp_path)
        yield tmp_path


def with_secrets() -> dict[str, object]:
    """The output, its secrets being moto's."""
    client = boto3.client("secretsmanager", region_name=REGION)
    content = json.dumps({"username": "u", "password": "geheim"})
    arn = client.create_secret(Name=f"{NAME}/all", SecretString=content)["ARN"]
    found = json.loads(json.dumps(output()))
    for part in ("mysql", "nifi", "superset"):
        for key in found[part]:
            if key.endswith("_secret"):
                found[part][key] = arn
    return dict(found)


def run(*arguments: str) -> int:
    return main._run(["--target", "aws", *arguments], debug=False)


@pytest.mark.usefixtures("project")
def test_connections_come_from_terraform(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("status", "--output", "env") == ExitCode.DONE
    shown = capsys.readouterr().out
    assert "MYSQL_HOST=mysql.example.internal" in shown
    assert f"S3_BUCKET={NAME}-lake" in shown
    assert "geheim" not in shown


@pytest.mark.usefixtures("project")
def test_sql_goes_to_the_deployments_work_group() -> None:
    boto3.client("athena", region_name=REGION).create_work_group(Name=NAME, Configuration={})
    assert run("sql", "SELECT 1") == ExitCode.DONE
    runs = boto3.client("athena", region_name=REGION).list_query_executions(WorkGroup=NAME)
    assert len(runs["QueryExecutionIds"]) == 1


@pytest.mark.usefixtures("project")
def test_logs_come_from_cloudwatch(capsys: pytest.CaptureFixture[str]) -> None:
    client = boto3.client("logs", region_name=REGION)
    client.create_log_group(logGroupName=deployment().connect.log_group)
    assert run("logs", "connect") == ExitCode.DONE
    assert run("logs", "mysql") == ExitCode.USAGE
    assert "connect, job, nifi, superset, recorder" in capsys.readouterr().err


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("command", ["up", "down", "doctor"])
def test_what_is_about_local_processes_says_so(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(command) == ExitCode.USAGE
    assert "is about the local stack" in capsys.readouterr().err


def test_without_outputs_the_remedy_is_told(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "bin/terraform").write_text("#!/bin/sh\necho 'no outputs' >&2\nexit 1\n")
    assert run("status", "--output", "env") == ExitCode.USAGE
    shown = capsys.readouterr().err
    assert "no outputs" in shown
    assert "terraform apply" in shown


def test_there_is_one_hudi_bundle() -> None:
    bundles = {
        artifact
        for component in COMPONENTS.values()
        for part in component.parts
        for artifact in part.artifacts
        if "hudi" in artifact
    }
    assert len(bundles) == 1
