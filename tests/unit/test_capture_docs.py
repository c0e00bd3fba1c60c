"""docs/capture.md is the whole reference: every key of the file, and an example that is read."""

from __future__ import annotations

import re
from pathlib import Path

from headwater.capture.load import loads
from headwater.capture.model import Taken
from headwater.cli.main import cli

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "capture.md").read_text()


def test_every_key_is_documented_with_its_flag_and_no_other() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (?:`(--[\w-]+)` )?\|", PAGE, re.MULTILINE))
    assert list(rows) == list(Taken.model_fields)
    flags = {option for p in cli.commands["capture"].params for option in p.opts}
    assert {flag for flag in rows.values() if flag} | {"--wait"} == flags - {"tables"}


def test_every_key_describes_itself() -> None:
    assert all(field.description for field in Taken.model_fields.values())


def test_the_example_is_good() -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert len(loads(example, source="docs/capture.md").tables) == 4
