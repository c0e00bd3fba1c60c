"""feeds/capture.yaml: read with file and line, edited in place, its patterns resolved."""

from __future__ import annotations

from pathlib import Path

import pytest

from headwater.capture import edit
from headwater.capture.load import load, loads
from headwater.capture.model import Capture, Taken
from headwater.capture.names import matches, resolve
from headwater.errors import DeclarationError
from headwater.feed.load import load_all

WRITTEN = """\
# ours
tables:
  shop.orders: {}      # the orders
  "shop.*": {type: MERGE_ON_READ}
  shop.wide:
    key: [a, b]
    buckets: 4
# the end
"""


def test_nothing_is_captured_without_a_file(tmp_path: Path) -> None:
    assert load(tmp_path / "capture.yaml") == Capture()


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "tables:\n", "tables: {}\n"])
def test_an_empty_file_captures_nothing(text: str) -> None:
    assert loads(text, source="c").tables == {}


def test_every_option_is_read() -> None:
    found = loads(WRITTEN, source="c").tables
    assert list(found) == ["shop.orders", "shop.*", "shop.wide"]
    assert found["shop.orders"] == Taken()
    assert found["shop.wide"].key == ("a", "b")
    assert found["shop.wide"].buckets == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tables:\n  orders: {}\n", "c:2: tables.orders: expected schema.table"),
        ("tables:\n  shop.o.x: {}\n", "c:2: tables.shop.o.x: expected schema.table"),
        ("tables:\n  '*.x': {}\n", "c:2: tables.*.x: a pattern stands for tables"),
        ("tables:\n  mysql.user: {}\n", "c:2: tables.mysql.user: the schema mysql is never"),
        (
            "tables:\n  a.b: {bucket: 2}\n",
            "unknown key; did you mean 'buckets'? valid are accept, append_only",
        ),
        ("tables:\n  a.b: {}\n  a.c: {buckets: 0}\n", "c:3: tables.a.c.buckets: "),
        ("tables:\n  a.b: {type: COW}\n", "c:2: tables.a.b.type: "),
        ("tables:\n  a.b: {append_only: true, key: [id]}\n", "append_only keeps changes"),
        ("tables:\n  a.b: {append_only: true, on_delete: apply}\n", "a delete as a change"),
        ("tables:\n  a.*: {skip: true}\n", "a.*: skip belongs to one table"),
        ("table: {}\n", "c:1: table: unknown key; did you mean 'tables'?"),
        ("- a\n", "c:1: expected a mapping"),
    ],
)
def test_a_mistake_is_named_with_line_and_key(text: str, said: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        loads(text, source="c")
    assert said in caught.value.message
    assert "docs/capture.md" in caught.value.remedy


def test_the_file_is_no_feed(tmp_path: Path) -> None:
    (tmp_path / "capture.yaml").write_text(WRITTEN)
    assert load_all(tmp_path) == []


def test_the_first_entry_makes_the_file() -> None:
    text = edit.put("", "shop.orders", Taken())
    assert loads(text, source="c").tables == {"shop.orders": Taken()}
    assert text.startswith("#")


def test_an_entry_is_added_and_the_rest_left_alone() -> None:
    text = edit.put(WRITTEN, "shop.new", Taken(key=("id",), buckets=2))
    assert loads(text, source="c").tables["shop.new"] == Taken(key=("id",), buckets=2)
    assert [line for line in text.splitlines() if "shop.new" not in line] == WRITTEN.splitlines()


def test_an_entry_is_replaced() -> None:
    text = edit.put(WRITTEN, "shop.wide", Taken(type="MERGE_ON_READ"))
    assert loads(text, source="c").tables["shop.wide"] == Taken(type="MERGE_ON_READ")
    assert "# the orders" in text
    assert "buckets: 4" not in text


@pytest.mark.parametrize("name", ["shop.orders", "shop.*", "shop.wide"])
def test_an_entry_is_dropped(name: str) -> None:
    before = loads(WRITTEN, source="c").tables
    text = edit.drop(WRITTEN, name)
    assert list(loads(text, source="c").tables) == [other for other in before if other != name]
    assert text.endswith("# the end\n")
    assert edit.drop(text, name) == text


def test_the_last_entry_can_go_and_come_back() -> None:
    text = edit.drop(edit.put("", "a.b", Taken()), "a.b")
    assert loads(text, source="c").tables == {}
    assert list(loads(edit.put(text, "a.b", Taken()), source="c").tables) == ["a.b"]


@pytest.mark.parametrize("name", ["shop.odd name", 'shop.quo"te', "shop.größe", "shop.*", "no.1e3"])
def test_any_name_survives(name: str) -> None:
    assert list(loads(edit.put("", name, Taken()), source="c").tables) == [name]


def test_tables_in_one_line_are_not_edited() -> None:
    with pytest.raises(DeclarationError, match="in one line"):
        edit.put("tables: {a.b: {}}\n", "a.c", Taken())


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("shop.*", "shop.orders", True),
        ("shop.*", "shops.orders", False),
        ("shop.order_*", "shop.order_items", True),
        ("shop.order_*", "shop.orderXitems", False),
        ("shop.*_log", "shop.a_log", True),
        ("sh.p.*", "shop.orders", False),
        ("shop.a+*", "shop.a+b", True),
    ],
)
def test_a_pattern_stands_for_tables(pattern: str, name: str, fits: bool) -> None:  # noqa: FBT001
    assert matches(pattern, name) is fits


def test_a_tables_own_entry_counts_before_a_pattern() -> None:
    capture = Capture(
        tables={
            "shop.*": Taken(buckets=2),
            "shop.o*": Taken(buckets=3),
            "shop.orders": Taken(buckets=4),
            "shop.secret": Taken(skip=True),
            "shop.gone": Taken(),
        }
    )
    found = resolve(capture, ["shop.secret", "shop.other", "shop.orders", "else.x"])
    assert {name: taken.buckets for name, taken in found.items()} == {
        "shop.orders": 4,
        "shop.gone": 1,
        "shop.other": 2,
    }
