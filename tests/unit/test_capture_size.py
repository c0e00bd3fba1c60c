"""Large tables that nobody chose type and buckets for: the rule, and what is written of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater import captured, deploy
from headwater.capture import edit, preflight, scans, source, take
from headwater.capture.load import load, loads
from headwater.capture.model import Taken
from headwater.capture.size import BUCKET_BYTES, LARGE_ROWS, Size, layout
from headwater.cli import main
from headwater.connections import local
from headwater.errors import DeclarationError
from headwater.project import Project
from headwater.secrets import Secrets
from headwater.settings import Settings
from headwater.targets.base import Context
from support.mysql_told import Server

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headwater.connections import MySql

LARGE = Size(10_000_000, 1_200_000_000)
CHOSEN: dict[str, Any] = {"type": "MERGE_ON_READ", "buckets": 5}
SIZES = {
    "shop.a_big": LARGE,
    "shop.a_small": Size(10, 16_384),
    "shop.orders": LARGE,
    "final.api_responses": LARGE,
}


@pytest.mark.parametrize(
    ("rows", "octets", "buckets"),
    [
        (0, 0, None),
        (LARGE_ROWS - 1, BUCKET_BYTES - 1, None),
        (LARGE_ROWS, 0, 4),
        (0, BUCKET_BYTES, 4),
        (1, 4 * BUCKET_BYTES, 4),
        (1, 4 * BUCKET_BYTES + 1, 5),
        (1, 256 * BUCKET_BYTES, 256),
        (10**12, 257 * BUCKET_BYTES, 256),
    ],
)
def test_the_edges_of_the_rule(rows: int, octets: int, buckets: int | None) -> None:
    wanted = {} if buckets is None else {"type": "MERGE_ON_READ", "buckets": buckets}
    assert layout(Size(rows, octets)) == wanted


@given(st.integers(0, 10**10), st.integers(0, 10**13), st.integers(0, 10**12))
def test_whatever_the_size_the_choice_is_valid_and_grows_with_it(
    rows: int, octets: int, more: int
) -> None:
    here, there = layout(Size(rows, octets)), layout(Size(rows, octets + more))
    assert Taken.model_validate(here)
    assert int(here.get("buckets", 1)) <= int(there.get("buckets", 1))
    if 4 <= int(here.get("buckets", 1)) < 256:
        assert octets <= int(here["buckets"]) * BUCKET_BYTES


@dataclass
class Lake:
    """What lies in the lake by table, and which tables were asked for their size."""

    types: dict[tuple[str, str], str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def sizes_of(self, _: MySql, names: Sequence[str]) -> Mapping[str, Size]:
        self.asked += names
        return {name: SIZES[name] for name in names}

    def written_type(self, _: object, database: str, table: str) -> str | None:
        return self.types.get((database, table))


@pytest.fixture
def lake(monkeypatch: pytest.MonkeyPatch) -> Lake:
    found = Lake()
    for module in (take, captured):
        monkeypatch.setattr(module, "tables_of", lambda *_: list(SIZES))
    monkeypatch.setattr(take, "views_of", lambda *_: [])
    monkeypatch.setattr(take, "sizes_of", found.sizes_of)
    monkeypatch.setattr(take, "written_type", found.written_type)
    return found


@pytest.fixture
def context(tmp_path: Path, lake: Lake) -> Context:  # noqa: ARG001 - MySQL and the lake are made up
    (tmp_path / "feeds").mkdir()
    settings = Settings(data_dir=tmp_path)
    return Context(Project(tmp_path), settings, local(settings, Secrets()), [], {})


def captured_as(
    context: Context, *wanted: str, before: str = "", **options: Any
) -> tuple[dict[str, dict[str, Any]], dict[str, Size]]:
    """What capture.yaml would say of each entry, and the tables that were chosen for."""
    context.project.capture.write_text(before)
    context = replace(context, capture=load(context.project.capture))
    found, text = take.with_tables(context, wanted, options)
    found, text, large = take.by_size(context, found, text, wanted)
    assert context.project.capture.read_text() == before
    assert loads(text, source="c") == found.capture
    return {name: edit.said(text, name) for name in found.capture.tables}, large


def test_a_large_table_is_written_with_type_and_buckets(context: Context) -> None:
    entries, large = captured_as(context, "shop.orders", "shop.a_small")
    assert entries == {"shop.orders": CHOSEN, "shop.a_small": {}}
    assert large == {"shop.orders": LARGE}


def test_other_options_stay_as_they_were_given(context: Context) -> None:
    options: dict[str, Any] = {"key": ("id",), "commit_every": "1m", "on_delete": "ignore"}
    entries, _ = captured_as(context, "shop.orders", **options)
    assert entries == {"shop.orders": {**options, "key": ["id"], **CHOSEN}}


@pytest.mark.parametrize(
    "options",
    [
        {"type": "COPY_ON_WRITE"},
        {"buckets": 1},
        {"partition_by": "at"},
        {"append_only": True},
    ],
)
@pytest.mark.parametrize("wanted", ["shop.orders", "shop.*"])
def test_who_chooses_is_left_alone(
    context: Context, lake: Lake, wanted: str, options: dict[str, Any]
) -> None:
    entries, large = captured_as(context, wanted, **options)
    assert entries == {wanted: options}
    assert (large, lake.asked) == ({}, [])


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        ("tables:\n  shop.orders: {}\n", "shop.orders"),
        ("tables:\n  shop.orders: {commit_every: 10s}\n", "shop.orders"),
        ("tables:\n  shop.*: {}\n", "shop.*"),
    ],
)
def test_what_is_captured_keeps_what_it_says(
    context: Context, lake: Lake, before: str, wanted: str
) -> None:
    entries, large = captured_as(context, wanted, before=before)
    assert entries == {wanted: edit.said(before, wanted)}
    assert (large, lake.asked) == ({}, [])


@pytest.mark.parametrize("entry", ["shop.orders", "shop.*"])
def test_a_flag_for_a_captured_table_leaves_the_rest_of_what_it_says(
    context: Context, lake: Lake, entry: str
) -> None:
    before = f"tables:\n  {entry}: {{type: MERGE_ON_READ, buckets: 8, commit_every: 10s}}\n"
    entries, _ = captured_as(context, "shop.orders", before=before, commit_every="1m")
    said = {"type": "MERGE_ON_READ", "buckets": 8, "commit_every": "1m"}
    assert (entries["shop.orders"], lake.asked) == (said, [])


def test_a_table_that_a_pattern_had_is_no_new_one(context: Context, lake: Lake) -> None:
    entries, _ = captured_as(context, "shop.orders", before="tables:\n  shop.*: {}\n")
    assert entries["shop.orders"] == {}
    assert lake.asked == []


def test_large_tables_of_a_pattern_get_entries_with_all_that_it_says(context: Context) -> None:
    entries, large = captured_as(context, "shop.a_*", commit_every="10s", accept=("sessions",))
    said = {"commit_every": "10s", "accept": ["sessions"]}
    assert entries == {"shop.a_*": said, "shop.a_big": {**said, **CHOSEN}}
    assert list(large) == ["shop.a_big"]


def test_beside_a_pattern_the_entries_that_are_there_stay(context: Context, lake: Lake) -> None:
    before = "tables:\n  shop.orders: {buckets: 2}\n  shop.a_big: {skip: true}\n"
    entries, _ = captured_as(context, "shop.*", before=before)
    assert entries == {"shop.orders": {"buckets": 2}, "shop.a_big": {"skip": True}, "shop.*": {}}
    assert lake.asked == ["shop.a_small"]


def test_a_table_that_was_left_out_is_new_again(context: Context) -> None:
    before = "tables:\n  shop.*: {}\n  shop.orders: {skip: true}\n"
    entries, _ = captured_as(context, "shop.orders", before=before)
    assert entries["shop.orders"] == CHOSEN


def test_what_a_feed_fills_is_not_chosen_for(context: Context, lake: Lake) -> None:
    entries, _ = captured_as(context, "final.*")
    assert (entries, lake.asked) == ({"final.*": {}}, [])


def test_rows_that_the_lake_still_has_stay_as_they_lie(context: Context, lake: Lake) -> None:
    lake.types["shop", "orders"] = "COPY_ON_WRITE"
    entries, _ = captured_as(context, "shop.orders")
    assert (entries, lake.asked) == ({"shop.orders": {}}, [])


def test_rows_that_lie_otherwise_are_no_matter_of_guessing(context: Context, lake: Lake) -> None:
    lake.types["shop", "orders"] = "MERGE_ON_READ"
    with pytest.raises(
        DeclarationError, match=r"still has shop.orders \(MERGE_ON_READ\)"
    ) as caught:
        captured_as(context, "shop.*")
    assert "--name orders_rt; " in caught.value.remedy
    entries, _ = captured_as(context, "shop.orders", **CHOSEN)
    assert entries == {"shop.orders": CHOSEN}


def test_mysql_is_asked_for_what_it_finds_now(monkeypatch: pytest.MonkeyPatch) -> None:
    server, account = Server([("shop.orders", 10, 16_384)]), cast("MySql", None)
    monkeypatch.setattr(source, "asking", server.asking)
    assert source.sizes_of(account, []) == {}
    assert server.told == []
    assert source.sizes_of(account, ["shop.orders"]) == {"shop.orders": Size(10, 16_384)}
    fresh, (sizes, values) = server.told
    assert fresh == ("SET SESSION information_schema_stats_expiry = 0", None)
    assert sizes.endswith("WHERE (table_schema, table_name) IN %s")
    assert values == ((("shop", "orders"),),)


@pytest.mark.usefixtures("lake")
def test_the_choice_is_told_in_one_line(
    context: Context, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(context.project.root)
    monkeypatch.setattr(preflight, "findings", lambda *_: [])
    monkeypatch.setattr(deploy, "apply_capture", lambda *_: [])
    assert main._run(["capture", "shop.orders", "shop.a_small"], debug=True) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "choose otherwise" in line]
    said = "10,000,000 rows (1.2 GB): MERGE_ON_READ, 5 buckets, in SQL shop.orders_rt"
    assert told == [
        f"shop.orders: about {said}; --type and --buckets choose otherwise",
    ]
    assert "shop.orders: {type:" in context.project.capture.read_text()


@pytest.mark.usefixtures("lake")
def test_a_release_says_the_flags_to_come_back_with(
    context: Context, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written = "tables:\n  shop.orders: {type: MERGE_ON_READ, buckets: 5}\n  shop.a_small: {}\n"
    context.project.capture.write_text(written)
    monkeypatch.chdir(context.project.root)
    monkeypatch.setattr(scans, "stop", lambda *_: None)
    monkeypatch.setattr(deploy, "apply_capture", lambda *_: [])
    assert main._run(["release", "shop.orders", "shop.a_small"], debug=True) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "go on" in line]
    flags = "--type MERGE_ON_READ --buckets 5"
    assert told == [f"to go on with them: headwater capture shop.orders {flags}"]
