"""docs/feeds.md is the whole reference: every key, type, parser and function, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from headwater.feed import keys
from headwater.feed.expressions import ARITIES
from headwater.feed.load import loads
from headwater.feed.parsing import PARSERS, VALID_FOR
from headwater.feed.sqltypes import VALID

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "feeds.md").read_text()
OURS = {"items", "columns", "match"}


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def first_cells(text: str) -> list[str]:
    return re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)


def test_every_key_is_documented_and_no_other() -> None:
    titles = ("The feed", "The request", "A table", "A column", "A quality rule")
    documented = [key for title in titles for key in first_cells(section(title))]
    assert sorted(documented) == sorted(key for key, _ in keys.every_key())


def test_every_key_describes_itself() -> None:
    assert [key for key, description in keys.every_key() if not description] == []


def test_every_parser_is_documented_and_no_other() -> None:
    _, parsers = section("Types and casts").split("| parse | reads |")
    assert first_cells(parsers) == list(PARSERS)


def test_every_type_is_documented_with_its_parsers() -> None:
    types, _ = section("Types and casts").split("| parse | reads |")
    rows = [line for line in types.splitlines() if line.startswith("| `")]
    for name in re.findall(r"[A-Z]{3,}(?:\([a-z,]+\))?", VALID):
        assert any(f"`{name}`" in row.split("|")[1] for row in rows), name
    for parsers in VALID_FOR.values():
        listed = ", ".join(f"`{parser}`" for parser in parsers)
        assert any(row.rstrip(" |").endswith(listed) for row in rows), parsers


def test_our_functions_are_documented() -> None:
    found = {cell.split("(")[0] for cell in first_cells(section("Expressions")) if "(" in cell}
    assert found == OURS
    assert set(ARITIES) >= OURS


def test_the_example_is_a_good_feed() -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert loads(example, source="docs/feeds.md").feed == "quakes"
