"""Durations and sizes as people write them in a declaration."""

from __future__ import annotations

import re

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_BYTES = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
_SHAPE = re.compile(r"([1-9]\d{0,8}) ?([A-Za-z]+)", re.ASCII)


def seconds(text: object) -> int:
    """'30s', '20m', '1h' or '7d' in seconds; raises ValueError that says what is valid."""
    return _amount(text, _SECONDS, "a duration like 30s, 20m, 1h or 7d")


def size(text: object) -> int:
    """'512KiB', '16MiB' or a plain number of bytes; raises ValueError that says what is valid."""
    if isinstance(text, int) and not isinstance(text, bool) and text > 0:
        return text
    return _amount(text, _BYTES, "a size like 512KiB or 16MiB, or a number of bytes")


def _amount(text: object, units: dict[str, int], valid: str) -> int:
    shape = _SHAPE.fullmatch(text) if isinstance(text, str) else None
    if shape is None or shape[2] not in units:
        raise ValueError(f"expected {valid}")
    return int(shape[1]) * units[shape[2]]
