"""What a Prometheus scrapes of the recorder."""

from __future__ import annotations

import socket

import requests
from prometheus_client.parser import text_string_to_metric_families

from headwater.recorder.prometheus import FAMILIES, Newest, serve
from headwater.recorder.samples import Sample, samples

TABLES = [
    {
        "table": "shop.orders", "state": "running", "freshness_s": 1.5, "commit_s": 0.8,
        "pending": 3, "applied_offset": 40,
    },
]  # fmt: skip
SERVICES = [{"name": "kafka", "state": "starting", "rss_mb": 2, "restarts": 1}]
DOCUMENT = {"tables": TABLES, "services": SERVICES, "quarantined": {"shop.orders": 7}}


def scraped(newest: Newest) -> dict[tuple[str, str], float]:
    """Name and label -> value, as a Prometheus reads them over HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    serve(newest, "127.0.0.1", port)
    text = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text
    return {
        (sample.name.removeprefix("headwater_"), "".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def test_a_round_is_shown_in_base_units() -> None:
    newest = Newest()
    newest.tell(samples(DOCUMENT), 1_790_000_000.5, 2)
    assert scraped(newest) == {
        ("round_timestamp_seconds", ""): 1_790_000_000.5,
        ("round_unanswered", ""): 2,
        ("table_freshness_seconds", "shop.orders"): 1.5,
        ("table_commit_seconds", "shop.orders"): 0.8,
        ("table_pending_changes", "shop.orders"): 3,
        ("table_applied_changes_total", "shop.orders"): 40,
        ("table_quarantined_changes", "shop.orders"): 7,
        ("table_running", "shop.orders"): 1,
        ("service_ready", "kafka"): 0,
        ("service_memory_bytes", "kafka"): 2 * 2**20,
        ("service_restarts_total", "kafka"): 1,
    }


def test_a_table_that_was_let_go_is_not_shown_any_more() -> None:
    newest = Newest()
    newest.tell([Sample("shop.gone", "running", 1)], 1.0, 0)
    newest.tell([Sample("shop.orders", "running", 0)], 2.0, 0)
    found = scraped(newest)
    assert ("table_running", "shop.gone") not in found
    assert found["table_running", "shop.orders"] == 0


def test_whatever_is_recorded_is_shown() -> None:
    assert {sample.metric for sample in samples(DOCUMENT)} == set(FAMILIES)
