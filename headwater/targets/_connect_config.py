"""The connector's configuration: the project's template, filled in; and what differs from it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from headwater.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

Config = dict[str, str]

MASK = "******"
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_SECRET = re.compile(r"password|secret|\.key$|sasl\.jaas", re.IGNORECASE)
_REFERENCE = re.compile(r"^\$\{[^}]+\}$")


def fill(template: Path, values: Mapping[str, str]) -> Config:
    """Read a connector template and put the values into its `{{placeholders}}`."""
    try:
        content = json.loads(template.read_text())
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{template} is not readable as JSON: {error}", remedy="complete the checkout"
        ) from error
    unknown = set(_PLACEHOLDER.findall(json.dumps(content))) - set(values)
    if unknown:
        raise ConfigError(
            f"{template} has unknown placeholders: {', '.join(sorted(unknown))}",
            remedy=f"valid are: {', '.join(sorted(values))}",
        )
    return {key: _PLACEHOLDER.sub(lambda m: values[m[1]], value) for key, value in content.items()}


def exactly(names: Iterable[str]) -> str:
    """Names as Debezium's include lists want them: anchored patterns, so no name means another."""
    return ",".join(re.sub(r"([^\w.])", r"\\\1", name).replace(".", "[.]") for name in names)


def keys(columns: Mapping[str, Sequence[str]]) -> Config:
    """The setting that names the key's columns of tables without a primary key."""
    parts = [f"{exactly([name])}:{','.join(key)}" for name, key in columns.items() if key]
    return {"message.key.columns": ";".join(parts)} if parts else {}


def differences(wanted: Config, found: Config) -> list[str]:
    """One line for each key that differs, secrets masked."""
    # Connect adds the connector's own name to what it was given.
    keys = sorted((wanted.keys() | found.keys()) - {"name"})
    return [
        f"{key}: {_shown(key, found.get(key))} -> {_shown(key, wanted.get(key))}"
        for key in keys
        if wanted.get(key) != found.get(key)
    ]


def _shown(key: str, value: str | None) -> str:
    if value is None:
        return "(none)"
    hidden = _SECRET.search(key) and not _REFERENCE.match(value)
    return MASK if hidden else value
