"""Whether the placeholders, fan-out values and credentials of a request fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headwater.feed.expand import placeholders
from headwater.feed.yamltree import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.feed.request import FanOut, Request

KEY = "key"
"""Placeholder in the URL for an API key that goes neither into the query nor into a header."""


def request_problems(request: Request) -> Iterator[Problem]:
    """Every mistake in a request that is well-formed by itself."""
    place = request.method.lower()
    if not request.url.startswith(("http://", "https://")):
        yield Problem(
            ("request", place), f"{request.url!r} starts with neither http:// nor https://"
        )
    known = {KEY: {""}} if _key_in_url(request) else {}
    for name, values in request.for_.items():
        yield from _fan_out(name, values)
        known[name] = _fields(values)
    used = list(_used(request))
    for path, name in used:
        root, _, field = name.partition(".")
        if field not in known.get(root, ()):
            options = ", ".join(_spelled(known)) or "none, as `for` is empty"
            yield Problem(path, f"unknown placeholder {{{name}}}; valid are {options}")
    for name in known.keys() - {name.partition(".")[0] for _, name in used}:
        where = ("request", "auth") if name == KEY else ("request", "for", name)
        yield Problem(where, f"no {{{name}}} in URL, query, headers or body")


def _fan_out(name: str, values: list[FanOut]) -> Iterator[Problem]:
    path = ("request", "for", name)
    if not values:
        yield Problem(path, "has no values")
    shapes = {tuple(sorted(value)) if isinstance(value, dict) else () for value in values}
    if len(shapes) > 1:
        yield Problem(path, "its values differ in their fields")


def _fields(values: list[FanOut]) -> set[str]:
    first = values[0] if values else ""
    return set(first) if isinstance(first, dict) else {""}


def _spelled(known: dict[str, set[str]]) -> Iterator[str]:
    for name, fields in sorted(known.items()):
        yield from (f"{{{name}.{field}}}" if field else f"{{{name}}}" for field in sorted(fields))


def _key_in_url(request: Request) -> bool:
    auth = request.auth
    return bool(auth and auth.key and not auth.query and not auth.header)


def _used(request: Request) -> Iterator[tuple[tuple[str, ...], str]]:
    parts: dict[str, Any] = {
        request.method.lower(): request.url,
        "query": request.query,
        "headers": request.headers,
        "body": request.body,
    }
    for part, value in parts.items():
        yield from ((("request", part), name) for name in placeholders(value))
