"""Which source a feed has: the living API, its simulator, or a replay of recorded responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from headwater.errors import ConfigError

if TYPE_CHECKING:
    from headwater.settings import Settings

Source = Literal["live", "simulator", "replay"]


def effective(settings: Settings, *, needs_account: bool) -> Source:
    """`auto` is live where the API needs no account or has one configured, else simulated."""
    kind, _, file = settings.source.partition(":")
    if kind == "replay" and file:
        return "replay"
    if settings.source == "sim":
        return "simulator"
    if settings.source == "live":
        return "live"
    if settings.source == "auto":
        return "live" if not needs_account or _has_account(settings) else "simulator"
    raise ConfigError(f"source is {settings.source!r}", remedy="use auto, live, sim or replay:FILE")


def _has_account(settings: Settings) -> bool:
    account = settings.opensky
    return bool(account.client_id and account.client_secret.get_secret_value())
