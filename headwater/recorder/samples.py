"""From a status document to measurements (no I/O)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_OF_TABLES = {
    "freshness_s": "freshness_s",
    "commit_s": "commit_s",
    "pending": "pending_rows",
    "applied_offset": "applied_rows_total",
}
_OF_SERVICES = {"rss_mb": "memory_mb", "restarts": "restarts_total"}


@dataclass(frozen=True)
class Sample:
    """One measurement; the metric's name ends in its unit."""

    subject: str
    metric: str
    value: float


def samples(document: Mapping[str, Any]) -> list[Sample]:
    """The measurements in what a Collector measured (headwater/status.py)."""
    return [*_of_tables(document), *_of_services(document), *_of_quarantine(document)]


def _of_tables(document: Mapping[str, Any]) -> Iterator[Sample]:
    for table in document.get("tables", ()):
        yield Sample(table["table"], "running", float(table["state"] == "running"))
        yield from _numbers(table["table"], table, _OF_TABLES)


def _of_services(document: Mapping[str, Any]) -> Iterator[Sample]:
    for service in document.get("services", ()):
        yield Sample(service["name"], "ready", float(service["state"] == "ready"))
        yield from _numbers(service["name"], service, _OF_SERVICES)


def _of_quarantine(document: Mapping[str, Any]) -> Iterator[Sample]:
    counts = document.get("quarantined") or {}
    for table in document.get("tables", ()):
        name = table["table"]
        yield Sample(name, "quarantined_rows", float(counts.get(name, 0)))


def _numbers(
    subject: str, measured: Mapping[str, Any], metrics: Mapping[str, str]
) -> Iterator[Sample]:
    for key, metric in metrics.items():
        if measured.get(key) is not None:
            yield Sample(subject, metric, float(measured[key]))
