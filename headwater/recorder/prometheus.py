"""The last round's measurements at /metrics, for whoever has a Prometheus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prometheus_client.core import CollectorRegistry, CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import start_http_server
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prometheus_client.metrics_core import Metric

    from headwater.recorder.samples import Sample

_MEGABYTE = 2**20


@dataclass(frozen=True)
class _Family:
    """A metric as Prometheus has it: base units, and a label that says of what it is."""

    name: str
    label: str
    meaning: str
    factor: float = 1
    counts: bool = False


_TABLE, _SERVICE = "table", "service"
FAMILIES = {
    "freshness_s": _Family(
        "table_freshness_seconds", _TABLE, "Age of the oldest change that is not in the lake"
    ),
    "commit_s": _Family("table_commit_seconds", _TABLE, "Duration of the newest commit"),
    "pending_rows": _Family("table_pending_changes", _TABLE, "Changes that wait in Kafka"),
    "applied_rows_total": _Family(
        "table_applied_changes", _TABLE, "Changes in the lake, as Kafka's offset", counts=True
    ),
    "quarantined_rows": _Family("table_quarantined_changes", _TABLE, "Changes kept aside"),
    "running": _Family("table_running", _TABLE, "1 unless the table is paused"),
    "ready": _Family("service_ready", _SERVICE, "1 if the service is ready"),
    "memory_mb": _Family("service_memory_bytes", _SERVICE, "Resident memory", _MEGABYTE),
    "restarts_total": _Family("service_restarts", _SERVICE, "Starts after a failure", counts=True),
}


class Newest(Collector):
    """Knows the last round."""

    def __init__(self) -> None:
        self._samples: Sequence[Sample] = ()
        self._at = 0.0
        self._unanswered = 0

    def tell(self, found: Sequence[Sample], at: float, unanswered: int) -> None:
        """A round's samples, its Unix time, and how many parts did not answer."""
        self._samples, self._at, self._unanswered = found, at, unanswered

    def collect(self) -> Iterator[Metric]:
        """One family per metric; a round that is lost shows by its time."""
        yield GaugeMetricFamily(
            "headwater_round_timestamp_seconds", "When these were measured", self._at
        )
        yield GaugeMetricFamily(
            "headwater_round_unanswered", "Parts that did not answer then", self._unanswered
        )
        for metric, family in FAMILIES.items():
            kind = CounterMetricFamily if family.counts else GaugeMetricFamily
            made = kind(f"headwater_{family.name}", family.meaning, labels=[family.label])
            for sample in self._samples:
                if sample.metric == metric:
                    made.add_metric([sample.subject], sample.value * family.factor)
            yield made


def serve(newest: Newest, address: str, port: int) -> None:
    """Answer /metrics in a thread of its own."""
    registry = CollectorRegistry()
    registry.register(newest)
    start_http_server(port, address, registry)
