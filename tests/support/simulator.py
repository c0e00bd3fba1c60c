"""The simulator's admin endpoints, as tests use them."""

from __future__ import annotations

from typing import Any

import requests


class Simulator:
    """Orders faults and steers the clock of the simulated API."""

    def __init__(self, url: str) -> None:
        self.url = url

    def order(self, kind: str, count: int = 1, **options: Any) -> None:
        """Have the next `count` answers spoiled."""
        self._call("POST", "/_faults", {"kind": kind, "count": count, **options})

    def pending(self) -> int:
        """How many ordered faults have not been served yet."""
        return sum(int(one["count"]) for one in self._call("GET", "/_faults")["pending"])

    def clear(self) -> None:
        """Forget the faults not yet served and let the clock run."""
        self._call("DELETE", "/_faults")
        self._call("POST", "/_clock", {"resume": True})

    def freeze(self) -> None:
        """Stop the simulated world."""
        self._call("POST", "/_clock", {"freeze": True})

    def _call(self, method: str, path: str, content: Any = None) -> dict[str, Any]:
        answer = requests.request(method, self.url + path, json=content, timeout=10)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found
