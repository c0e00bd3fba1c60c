"""The pipeline's own measurements, taken from its status and sent down its own way.

They are rows of `headwater.metrics` in MySQL, so they reach the lake as every table does; the last
round stands at /metrics, too, for Prometheus.
"""

from __future__ import annotations

LAST = "last-round"  # a file that each round touches
