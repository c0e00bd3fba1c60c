from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from headwater.cli import main, output
from headwater.errors import ConfigError, ExitCode, ServiceError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own, entered."""
    shutil.copytree(ROOT / "feeds", tmp_path / "feeds")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("project")
def test_data_goes_to_stdout_and_messages_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert main._run(["feeds", "check"], debug=False) == ExitCode.DONE
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "declared correctly" in shown.err


@pytest.mark.usefixtures("project")
def test_json_is_one_value(capsys: pytest.CaptureFixture[str]) -> None:
    assert main._run(["feeds", "list", "-o", "json"], debug=False) == ExitCode.DONE
    (feed,) = json.loads(capsys.readouterr().out)
    assert (feed["feed"], feed["every"], feed["source"]) == ("flights", "30s", "simulator")


def test_outside_a_project_the_remedy_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main._run(["feeds", "list"], debug=False) == ConfigError.exit_code
    shown = capsys.readouterr().err
    assert "feeds/" in shown
    assert "remedy:" in shown


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nonsense"], ExitCode.USAGE, "nonsense"),
        (["sql", "--output", "xml", "SELECT 1"], ExitCode.USAGE, "xml"),
        (["feeds", "show", "fligths"], ExitCode.USAGE, "flights"),
        (["logs", "nobody"], ExitCode.USAGE, "nobody"),
        (["status"], ExitCode.UNHEALTHY, "headwater up"),
        (["restart", "mysql"], ServiceError.exit_code, "headwater up"),
        (["up", "--source", "moon", "--install-only"], ExitCode.USAGE, "moon"),
    ],
)
@pytest.mark.usefixtures("project")
def test_exit_codes_and_what_is_said(
    arguments: list[str], code: ExitCode, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main._run(arguments, debug=False) == code
    assert words in capsys.readouterr().err


@pytest.mark.usefixtures("project")
def test_down_without_a_stack_is_no_error() -> None:
    assert main._run(["down"], debug=False) == ExitCode.DONE


def test_a_crash_is_reported_in_one_line_unless_debugged(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise ZeroDivisionError("of a sort")

    monkeypatch.setattr(main.cli, "main", crash)
    assert main._run([], debug=False) == ExitCode.USAGE
    assert "Traceback" not in capsys.readouterr().err
    main._run([], debug=True)
    assert "Traceback" in capsys.readouterr().err


def test_help_needs_no_heavy_package() -> None:
    heavy = ("pyspark", "boto3", "nipyapi", "pandas", "kafka", "pyathena", "pydantic")
    probe = f"import sys, headwater.cli.main; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("table", "a  b\n-  -\n1  -\n"),
        ("csv", "a,b\n1,\n"),
        ("json", '[\n  {\n    "a": 1,\n    "b": null\n  }\n]\n'),
    ],
)
def test_rows_in_every_format(form: str, expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    output.make(form).rows([{"a": 1, "b": None}])
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1500, "2 kB"), (2_500_000_000, "2.5 GB")]
)
def test_sizes_for_people(count: int, text: str) -> None:
    assert output.human_bytes(count) == text
