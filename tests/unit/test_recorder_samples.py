"""Measurements follow from a status document; what is not known is left out."""

from __future__ import annotations

from headwater.recorder.samples import Sample, samples

DOCUMENT = {
    "tables": [
        {"table": "final.flights", "state": "running", "freshness_s": 1.5, "pending": 0,
         "mysql_rows": None, "applied_offset": 70},
        {"table": "shop.orders", "state": "paused"},
    ],
    "services": [{"name": "kafka", "state": "ready", "rss_mb": 300, "restarts": 1}],
    "quarantined": {"shop.orders": 2},
}  # fmt: skip


def test_every_number_of_the_status_is_a_measurement() -> None:
    assert samples(DOCUMENT) == [
        Sample("final.flights", "running", 1.0),
        Sample("final.flights", "freshness_s", 1.5),
        Sample("final.flights", "pending_rows", 0.0),
        Sample("final.flights", "applied_rows_total", 70.0),
        Sample("shop.orders", "running", 0.0),
        Sample("kafka", "ready", 1.0),
        Sample("kafka", "memory_mb", 300.0),
        Sample("kafka", "restarts_total", 1.0),
        Sample("final.flights", "quarantined_rows", 0.0),
        Sample("shop.orders", "quarantined_rows", 2.0),
    ]


def test_a_status_without_a_stack_measures_nothing() -> None:
    assert samples({"services": [], "errors": ["no stack is up"]}) == []
