"""Which source a feed has: the living API, its simulator, or a replay of recorded responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from headwater.settings import Settings

Source = Literal["live", "simulator", "replay"]


def effective(settings: Settings, *, needs_account: bool) -> Source:
    """`auto` is live where the API needs no account or has one configured, else simulated."""
    if settings.source.startswith("replay:"):
        return "replay"
    if settings.source == "sim":
        return "simulator"
    if settings.source == "live" or not needs_account or _has_account(settings):
        return "live"
    return "simulator"


def _has_account(settings: Settings) -> bool:
    account = settings.opensky
    return bool(account.client_id and account.client_secret.get_secret_value())
