"""The HTTP calls that one poll of a feed makes: one for every combination of `for`."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from headwater.feed import jsontext

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from headwater.feed.request import Request

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)\}")


@dataclass(frozen=True)
class Call:
    """One HTTP call without its credential; `values` are the fan-out values it stands for.

    A `{key}` in the URL is left for whoever holds the API key.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


def expand(request: Request) -> list[Call]:
    """Every call of one poll, in the order of the declared values."""
    names, lists = list(request.for_), list(request.for_.values())
    combinations = (dict(zip(names, chosen, strict=True)) for chosen in itertools.product(*lists))
    return [_call(request, values) for values in combinations]


def placeholders(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """The names of all placeholders in the texts of a value."""
    if isinstance(value, dict):
        for item in value.values():
            yield from placeholders(item)
    elif isinstance(value, list):
        for item in value:
            yield from placeholders(item)
    elif isinstance(value, str):
        yield from _PLACEHOLDER.findall(value)


def _call(request: Request, values: Mapping[str, Any]) -> Call:
    flat = dict(_flat(values))
    query = urlencode({key: _filled(text, flat) for key, text in request.query.items()})
    url = _filled(request.url, {key: quote(_text(value), safe=",") for key, value in flat.items()})
    return Call(
        method=request.method,
        url=f"{url}{'&' if '?' in url else '?'}{query}" if query else url,
        headers={key: _filled(text, flat) for key, text in request.headers.items()},
        body=None if request.body is None else jsontext.dumps(_deep(request.body, flat)),
        values=values,
    )


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{key}", inner) for key, inner in value.items())
        else:
            yield name, value


def _filled(text: object, values: Mapping[str, Any]) -> str:
    def value(found: re.Match[str]) -> str:
        return _text(values[found[1]]) if found[1] in values else found[0]

    return _PLACEHOLDER.sub(value, _text(text))


def _deep(value: Any, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
    """A text that is nothing but a placeholder takes the value with its type."""
    if isinstance(value, dict):
        return {key: _deep(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [_deep(item, values) for item in value]
    if not isinstance(value, str):
        return value
    whole = _PLACEHOLDER.fullmatch(value)
    return values[whole[1]] if whole and whole[1] in values else _filled(value, values)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
