"""Verify: texts, chunks, and rows that move while they are looked at."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, cast
from unittest.mock import Mock
from zlib import crc32

import pytest

from headwater.captured import CapturedTable, Layout
from headwater.errors import LakeBehindError
from headwater.feed.model import OnDelete
from headwater.lake.verify import canonical, compare
from headwater.lake.verify.report import Counts, Difference, TableReport
from headwater.lake.verify.settle import Settler, suspects_of
from headwater.lake.verify.shape import Column, Shape
from headwater.lake.verify.sides import LakeSide, MySqlSide, _after, _up_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from headwater.lake.verify.sides import Key, Row

KEY = Column("id", "id", "int", canonical.INTEGER)
NAME = Column("name", "name", "varchar", canonical.TEXT)
DOCUMENT = Column("doc", "doc", "json", canonical.JSON)
SEEN = Column("seen", "seen", "timestamp", canonical.moment(6))


def shape(on_delete: OnDelete = "apply", floor: Column | None = None) -> Shape:
    table = CapturedTable("final", "t", "headwater.final.t", Layout(on_delete=on_delete))
    return Shape(table, (KEY, NAME, DOCUMENT, SEEN), (KEY,), floor, ())


class Side:
    """One side whose contents change from one look to the next; the last look stays."""

    def __init__(self, *looks: dict[Key, Row], oldest: str | None = None) -> None:
        self.looks = list(looks)
        self.oldest = oldest

    def rows(self, keys: Iterable[Key]) -> dict[Key, Row]:
        look = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        return {key: look[key] for key in keys if key in look}

    def floor(self) -> str | None:
        return self.oldest


def row(key: str, name: str | None = "n", doc: str | None = "{}", seen: str = "2026") -> Row:
    return (key, name, doc, seen)


def settle(
    mysql: Side, lake: Side, keys: list[str], of: Shape | None = None
) -> tuple[list[Difference], list[Key]]:
    settler = Settler(
        of or shape(), cast("MySqlSide", mysql), cast("LakeSide", lake), barrier=lambda _: None
    )
    verdict = settler.settle([(key,) for key in keys], lambda _: None)
    return verdict.differences, verdict.unsettled


def test_missing_extra_and_changed_rows_are_named() -> None:
    mysql = Side({("1",): row("1"), ("2",): row("2", "x")})
    lake = Side({("2",): row("2", "y"), ("3",): row("3")})
    differences, unsettled = settle(mysql, lake, ["1", "2", "3"])
    assert [(d.key["id"], d.kind) for d in differences] == [
        ("1", "missing"),
        ("2", "changed"),
        ("3", "extra"),
    ]
    assert str(differences[1]) == "final.t id=2 differs: name: 'x' in MySQL, 'y' in the lake"
    assert unsettled == []


def test_null_is_not_an_empty_text() -> None:
    differences, _ = settle(Side({("1",): row("1", None)}), Side({("1",): row("1", "")}), ["1"])
    assert str(differences[0]).endswith("name: NULL in MySQL, '' in the lake")


def test_json_is_compared_as_json() -> None:
    mysql = Side({("1",): row("1", doc='{"a":1.0,"b":[1,2]}')})
    assert settle(mysql, Side({("1",): row("1", doc='{"b":[1,2],"a":1}')}), ["1"]) == ([], [])
    differences, _ = settle(mysql, Side({("1",): row("1", doc='{"a":"1.0"}')}), ["1"])
    assert differences[0].columns[0].column == "doc"


def test_a_row_that_the_lake_has_as_it_was_before_or_after_is_equal() -> None:
    old: dict[Key, Row] = {("1",): row("1", "old")}
    new: dict[Key, Row] = {("1",): row("1", "new")}
    assert settle(Side(old, new), Side(old), ["1"]) == ([], [])
    assert settle(Side(old, new), Side(new), ["1"]) == ([], [])


def test_a_row_that_moves_is_looked_at_again() -> None:
    looks: list[dict[Key, Row]] = [{("1",): row("1", str(n))} for n in range(7)]
    between: dict[Key, Row] = {("1",): row("1", "between")}
    lake = [between, between, looks[-1]]
    assert settle(Side(*looks), Side(*lake), ["1"]) == ([], [])


def look_thrice(look: Callable[[], None]) -> None:
    for _ in range(3):
        look()


def test_a_state_seen_while_waiting_counts() -> None:
    states: list[dict[Key, Row]] = [{("1",): row("1", str(n))} for n in range(5)]
    mysql, lake = Side(*states), Side(states[2])
    settler = Settler(
        shape(),
        cast("MySqlSide", mysql),
        cast("LakeSide", lake),
        barrier=look_thrice,
    )
    verdict = settler.settle([("1",)], lambda _: None)
    assert (verdict.differences, verdict.unsettled) == ([], [])
    assert len(mysql.looks) == 1


def test_a_row_that_never_stands_still_is_unsettled_and_no_difference() -> None:
    looks: list[dict[Key, Row]] = [{("1",): row("1", str(n))} for n in range(100)]
    assert settle(Side(*looks), Side({("1",): row("1", "?")}), ["1"]) == ([], [("1",)])


def test_one_look_between_two_changes_is_no_proof() -> None:
    a: dict[Key, Row] = {("1",): row("1", "a")}
    b: dict[Key, Row] = {("1",): row("1", "b")}
    # In MySQL a → b → a while the lake is read at b; the second round finds both the same.
    assert settle(Side(a), Side(b, a), ["1"]) == ([], [])


def test_rows_that_mysql_has_purged_may_stay_in_the_lake() -> None:
    of = shape("ignore", SEEN)
    lake = Side({("1",): row("1", seen="2025"), ("2",): row("2", seen="2027")})
    differences, _ = settle(Side({}, oldest="2026"), lake, ["1", "2"], of)
    assert [d.key["id"] for d in differences] == ["2"]


def test_suspects_are_the_keys_whose_checksums_differ() -> None:
    assert suspects_of({("1",): 1, ("2",): 2}, {("2",): 2, ("3",): 3}) == [("1",), ("3",)]


def test_chunks_differ_by_count_or_by_sum() -> None:
    one, other = Counts(), Counts()
    for counts in (one, other):
        counts.add(1, 2, 30)
    one.add(2, 1, 5)
    other.add(2, 1, 6)
    one.add(3, 0, 0)
    assert one.differing(other) == [2, 3]


def test_pages_of_a_composite_key_use_the_index() -> None:
    assert _after(["`a`"], ["1"]) == "`a` > 1"
    assert _after(["`a`", "`b`"], ["1", "2"]) == "(`a` >= 1 AND (`a` > 1 OR (`a` = 1 AND `b` > 2)))"
    assert _up_to(["`a`", "`b`"], ["1", "2"]).endswith("(`a` = 1 AND `b` <= 2)))")


@pytest.mark.parametrize(
    ("mysql", "lake", "kind"),
    [
        ("bigint", "decimal(20,0)", "integer"),
        ("decimal", "decimal(10,2)", "decimal"),
        ("float", "float", "float"),
        ("tinyint", "boolean", "boolean"),
        ("bit", "boolean", "boolean"),
        ("bit", "binary", "bits"),
        ("varbinary", "binary", "binary"),
        ("datetime", "timestamp", "timestamp"),
        ("enum", "string", "text"),
        ("time", "bigint", "time"),
    ],
)
def test_kinds(mysql: str, lake: str, kind: str) -> None:
    found = canonical.kind_of(mysql, lake)
    assert found is not None
    assert found.name == kind


def test_a_type_that_is_not_compared_says_so() -> None:
    assert canonical.kind_of("vector", "binary") is None


def test_timestamps_that_the_engine_shows_in_milliseconds_are_compared_so() -> None:
    kind = canonical.kind_of("timestamp", "timestamp", digits=3)
    assert kind is not None
    assert "DATETIME(3)" in kind.mysql
    assert "3 fractional digits" in kind.note


def test_texts_of_keys_lead_back_to_values() -> None:
    assert canonical.INTEGER.to_mysql("-5") == -5
    assert canonical.BINARY.to_mysql("00FF") == b"\x00\xff"
    assert canonical.DATE.lake_literal("2026-11-22") == "DATE '2026-11-22'"
    assert canonical.moment(6).lake_literal("2026-11-22 10:00:00.000001").startswith("TIMESTAMP '")
    assert canonical.BITS.to_mysql("FF") == 255
    assert canonical.TIME.to_mysql("-3020399000001") == "-838:59:59.000001"
    assert time.fromisoformat(str(canonical.TIME.to_mysql("1000001"))).microsecond == 1


def test_a_doubles_text_is_its_exact_value() -> None:
    assert canonical.DOUBLE.to_mysql("15280297346327724p12") == 6948.674739
    assert canonical.DOUBLE.shown("0") == "0.0"
    assert canonical.DOUBLE.same("9007199254740992p0", "18014398509481984p-1")
    assert not canonical.DOUBLE.same(None, "0")


def test_the_place_of_a_key_knows_where_a_text_ends() -> None:
    text, number = canonical.TEXT, canonical.INTEGER
    assert canonical.place_of([("5", number)]) == crc32(b"5")
    assert canonical.place_of([("ü,", text), ("-5", number)]) == crc32("2:ü,,-5".encode())
    assert canonical.place_of([("a", text), ("b,c", text)]) != canonical.place_of(
        [("a,b", text), ("c", text)]
    )


def test_only_texts_that_may_have_any_character_are_measured() -> None:
    for join in (canonical._mysql_joined, canonical._lake_joined):
        joined = join({"v0": canonical.TEXT, "v1": canonical.DECIMAL, "v2": canonical.JSON})
        assert joined.lower().count("length(") == 2
        assert joined.count("v1") == 1
        assert joined.count("'~'") == 3


def test_names_are_quoted() -> None:
    assert "`a``b`" in canonical.mysql_text(canonical.TEXT, "a`b")
    assert canonical.lake_text(canonical.TEXT, "a") == '"a"'


def test_what_a_report_says() -> None:
    difference = Difference("final.t", {"id": "1"}, "missing")
    report = TableReport("final.t", 2, 1, differences=(difference,), notes=("n",))
    assert report.different
    assert report.as_row()["result"] == "different"
    assert report.as_document()["differences"] == [
        {"key": {"id": "1"}, "kind": "missing", "columns": []}
    ]
    assert not TableReport("final.t", 1, 1).different


class Barriers:
    """Counts how often the lake is given time."""

    waits = 0

    def wait(self, *_: object) -> None:
        self.waits += 1


@pytest.mark.parametrize("behind", [0, 1, 3])
def test_a_lake_that_is_a_column_behind_gets_time(
    monkeypatch: pytest.MonkeyPatch, behind: int
) -> None:
    answers: list[Shape | Exception] = [LakeBehindError("no column"), shape()]
    answers = [answers[0]] * behind + [answers[1]]
    monkeypatch.setattr(compare, "PAUSE", 0.0)
    monkeypatch.setattr(compare, "read_shape", Mock(side_effect=answers))
    barriers = Barriers()
    found = compare._shape(Mock(), Mock(), Mock(), cast("compare._Barriers", barriers))
    assert found == shape()
    assert barriers.waits == min(behind, 1)


def test_a_column_that_never_comes_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare, "CATALOG_PATIENCE", -1.0)
    monkeypatch.setattr(compare, "read_shape", Mock(side_effect=LakeBehindError("no column")))
    with pytest.raises(LakeBehindError, match="no column"):
        compare._shape(Mock(), Mock(), Mock(), cast("compare._Barriers", Barriers()))
