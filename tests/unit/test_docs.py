"""The docs are true: what exists is documented, and what is documented exists."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from headwater import settings
from headwater.cli.main import cli
from support.mysql_types import ROWS

ROOT = Path(__file__).resolve().parents[2]


def test_every_command_is_documented_and_nothing_else() -> None:
    documented = set(re.findall(r"^\| `headwater ([a-z]+)", _read("docs/cli.md"), re.MULTILINE))
    assert documented == set(cli.commands)


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_flag_is_documented(name: str) -> None:
    line = next(
        s for s in _read("docs/cli.md").splitlines() if s.startswith(f"| `headwater {name}")
    )
    command = cli.commands[name]
    flags = [p.opts[0] for p in command.params if isinstance(p, click.Option)]
    missing = [f for f in flags if f not in line and f != "--output"]
    assert not missing, f"docs/cli.md, {name}: {missing}"
    assert command.help, f"headwater {name} has no help"


def test_every_setting_is_documented_with_its_default() -> None:
    row = re.compile(r"^\| `([a-z_.0-9]+)` \| (`HEADWATER.*)$", re.MULTILINE)
    rows = dict(row.findall(_read("docs/settings.md")))
    for name, default, meaning in settings.names():
        assert settings.env_name(name) in rows[name]
        assert meaning in rows[name]
        if "secret" not in name and str(default):
            assert f"`{default}`" in rows[name], name
    assert set(rows) == {name for name, _, _ in settings.names()}


def test_the_table_of_types_is_the_tested_one() -> None:
    page = _read("docs/types.md").splitlines()
    start = page.index("|---|---|---|---|") + 1
    assert page[start : page.index("", start)] == [row.rendered() for row in ROWS]


def test_every_link_of_the_docs_leads_somewhere() -> None:
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def _read(path: str) -> str:
    return (ROOT / path).read_text()
