"""JSON text that loses nothing: numbers are int and Decimal, never float."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any


def dumps(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Write a JSON value; a Decimal keeps its digits, keys keep their order.

    Raises TypeError for what JSON cannot hold and RecursionError for absurd nesting.
    """
    if isinstance(value, dict):
        pairs = (f"{_text(str(key))}:{dumps(item)}" for key, item in value.items())
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dumps, value)) + "]"
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise TypeError(f"{value} is not a JSON number")
        return str(value)
    if isinstance(value, str):
        return _text(value)
    return json.dumps(value, allow_nan=False)


def excerpt(value: Any, length: int = 120) -> str:  # noqa: ANN401 - any JSON value
    """A short, printable form of a value for messages."""
    try:
        text = value if isinstance(value, str) else dumps(value)
    except (RecursionError, TypeError, ValueError):
        text = f"<{type(value).__name__}>"
    cut = text[:length]
    shown = cut if cut.isprintable() else ascii(cut)[1:-1]
    return shown[:length] + ("…" if len(text) > length or len(shown) > length else "")


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
