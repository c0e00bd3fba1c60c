"""The one list of tables that connector, job, status and verify go by."""

from __future__ import annotations

from pathlib import Path

import pytest

from headwater.capture.model import Taken
from headwater.captured import CapturedTable, Layout, declared
from headwater.connections import local
from headwater.feed.load import load_all
from headwater.project import Project
from headwater.secrets import Secrets
from headwater.settings import Settings
from headwater.targets.base import Context
from headwater.targets.catalog import CatalogTarget

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def context(tmp_path: Path) -> Context:
    settings = Settings(data_dir=tmp_path)
    feeds = load_all(Project(ROOT).feeds)
    return Context(Project(ROOT), settings, local(settings, Secrets()), feeds, {})


def test_the_tables_of_feeds_and_the_responses_are_carried(context: Context) -> None:
    tables = {table.name: table for table in declared(context)}

    of_the_feeds = ["final.flights", "final.flight_positions", "final.api_responses"]
    assert list(tables) == [*of_the_feeds, "headwater.metrics"]
    assert tables["headwater.metrics"].layout.partition_by == "measured_at"
    assert tables["final.flights"] == CapturedTable(
        "final", "flights", "headwater.final.flights", Layout(), "feeds/flights.yaml"
    )
    assert tables["final.flight_positions"].layout.on_delete == "ignore"
    assert tables["final.flight_positions"].layout.partition_by == "time_position"
    assert tables["final.api_responses"].layout == Layout(on_delete="ignore", commit_every=10)


def test_of_a_table_of_changes_nothing_goes() -> None:
    taken = Taken(append_only=True, partition_by="_changed_at")
    layout = Layout.of(taken, taken.on_delete, append_only=taken.append_only)
    assert (layout.append_only, layout.on_delete, layout.partition_by) == (
        True,
        "ignore",
        "_changed_at",
    )


def test_the_job_is_asked_for_each_of_them(context: Context) -> None:
    entries = CatalogTarget(context).document()["tables"]

    assert entries[0] == {
        "database": "final",
        "table": "flights",
        "topic": "headwater.final.flights",
        "type": "COPY_ON_WRITE",
        "buckets": 1,
        "partition_by": None,
        "on_delete": "apply",
        "commit_every": 0,
        "append_only": False,
    }
    assert [f"{e['database']}.{e['table']}" for e in entries] == [
        table.name for table in declared(context)
    ]
