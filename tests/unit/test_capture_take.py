"""What the commands do to the declaration, without a server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from headwater import captured
from headwater.capture import take
from headwater.capture.load import load
from headwater.capture.model import Taken
from headwater.captured import Layout
from headwater.connections import local
from headwater.errors import DeclarationError
from headwater.project import Project
from headwater.secrets import Secrets
from headwater.settings import Settings
from headwater.targets.base import Context

EXISTING = ["final.api_responses", "final.other", "shop.a_one", "shop.a_two", "shop.orders"]


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    (tmp_path / "feeds").mkdir()
    settings = Settings(data_dir=tmp_path)
    for module in (take, captured):
        monkeypatch.setattr(module, "tables_of", lambda *_: EXISTING)
    monkeypatch.setattr(take, "views_of", lambda *_: ["shop.a_view", "shop.sums"])
    return Context(Project(tmp_path), settings, local(settings, Secrets()), [], {})


def having(context: Context, text: str) -> Context:
    context.project.capture.write_text(text)
    return replace(context, capture=load(context.project.capture))


def names(context: Context) -> list[str]:
    return [table.name for table in captured.taken(context)]


def test_tables_and_patterns_are_added_and_nothing_is_written(context: Context) -> None:
    found, text = take.with_tables(context, ["shop.orders", "shop.a_*"], {"buckets": 2})
    assert names(found) == ["shop.orders", "shop.a_one", "shop.a_two"]
    assert found.capture.tables["shop.a_*"] == Taken(buckets=2)
    assert "shop.orders: {buckets: 2}" in text
    assert not context.project.capture.exists()
    assert [t.name for t in take.meant(found, ["shop.a_*"])] == ["shop.a_one", "shop.a_two"]


def test_a_view_that_a_pattern_would_mean_is_left_out(context: Context) -> None:
    found, _ = take.with_tables(context, ["shop.a_*"], {})
    assert names(found) == ["shop.a_one", "shop.a_two"]
    assert take.views(context, ["shop.a_*", "shop.orders"]) == ["shop.a_view"]


def test_what_a_feed_fills_belongs_to_no_pattern(context: Context) -> None:
    found, _ = take.with_tables(context, ["final.*"], {})
    assert names(found) == ["final.other"]


def test_an_entry_keeps_its_options_where_none_are_given(context: Context) -> None:
    before = having(context, "tables:\n  shop.orders: {buckets: 3}\n")
    found, text = take.with_tables(before, ["shop.orders"], {})
    assert found.capture.tables["shop.orders"].buckets == 3
    assert text == "tables:\n  shop.orders: {buckets: 3}\n"


@pytest.mark.parametrize(
    ("name", "said", "remedy"),
    [
        ("shop.order", "MySQL has no table shop.order", "did you mean shop.orders"),
        ("shop.b_*", "shop.b_* fits no table of MySQL", "did you mean"),
        ("shop.sums", "shop.sums is a view", "capture its tables"),
        ("final.api_responses", "final.api_responses is filled by feeds", "in the lake already"),
        ("orders", "expected schema.table", "docs/capture.md"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(
    context: Context, name: str, said: str, remedy: str
) -> None:
    with pytest.raises(DeclarationError) as caught:
        take.with_tables(context, [name], {})
    assert said in caught.value.message
    assert remedy in caught.value.remedy


def test_a_wrong_option_is_named(context: Context) -> None:
    with pytest.raises(DeclarationError, match=r"shop.orders.buckets"):
        take.with_tables(context, ["shop.orders"], {"buckets": 0})


def test_a_table_is_let_go(context: Context) -> None:
    before = having(context, "tables:\n  shop.orders: {}\n  shop.a_one: {}\n")
    found, text = take.without(before, ["shop.orders"])
    assert names(found) == ["shop.a_one"]
    assert text == "tables:\n  shop.a_one: {}\n"


def test_a_table_of_a_pattern_is_left_out_of_it_and_taken_in_again(context: Context) -> None:
    before = having(context, "tables:\n  shop.a_*: {}\n")
    without, text = take.without(before, ["shop.a_one"])
    assert names(without) == ["shop.a_two"]
    context.project.capture.write_text(text)
    again, text = take.with_tables(without, ["shop.a_one"], {})
    assert names(again) == ["shop.a_one", "shop.a_two"]


def test_a_pattern_goes_with_its_exceptions(context: Context) -> None:
    before = having(context, "tables:\n  shop.a_*: {}\n  shop.a_one: {skip: true}\n")
    found, _ = take.without(before, ["shop.a_*"])
    assert found.capture.tables == {}


def test_a_pattern_goes_with_entries_of_its_tables_only(context: Context) -> None:
    text = "tables:\n  shop.a_*: {}\n  shop.a_one: {buckets: 4}\n  shop.orders: {buckets: 4}\n"
    found, _ = take.without(having(context, text), ["shop.a_*"])
    assert list(found.capture.tables) == ["shop.orders"]


def test_a_table_of_two_patterns_stays_out_of_the_other(context: Context) -> None:
    text = "tables:\n  shop.*: {}\n  shop.a_one: {buckets: 4}\n"
    found, _ = take.without(having(context, text), ["shop.a_one"])
    assert found.capture.tables["shop.a_one"] == Taken(skip=True)


def test_what_is_not_captured_cannot_be_let_go(context: Context) -> None:
    before = having(context, "tables:\n  shop.orders: {}\n")
    with pytest.raises(DeclarationError, match=r"shop.order is not captured") as caught:
        take.without(before, ["shop.order"])
    assert "shop.orders" in caught.value.remedy


def test_a_carried_table_is_found_by_either_name(context: Context) -> None:
    before = having(context, "tables:\n  shop.orders: {}\n")
    found = take.carried(before, ["api_responses", "shop.orders"])
    assert [table.name for table in found] == ["final.api_responses", "shop.orders"]
    with pytest.raises(DeclarationError, match=r"final.flight is not captured"):
        take.carried(before, ["flight"])


def test_how_rows_are_removed_is_said_with_the_places(context: Context) -> None:
    [table] = take.carried(context, ["api_responses"])
    said = take.removal(context.connections.aws, table)
    assert "s3://headwater-lake/warehouse/final/api_responses" in said
    assert "--database-name final --name api_responses;" in said
    merged = replace(table, layout=Layout("MERGE_ON_READ"))
    said = take.removal(context.connections.aws, merged)
    assert "--name api_responses;" not in said
    assert "--name api_responses_ro; " in said
    assert "--name api_responses_rt; " in said
