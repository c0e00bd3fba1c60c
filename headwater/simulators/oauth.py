"""The OAuth2 token endpoint of OpenSky (client credentials), and the check of its tokens."""

from __future__ import annotations

import base64
import binascii
import secrets
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote

from headwater.simulators.server import Request, Response, as_json

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN_PATH = "/auth/realms/opensky-network/protocol/openid-connect/token"  # noqa: S105 - a path
LIFETIME_S = 1800


@dataclass(frozen=True)
class Account:
    """The one account that the endpoint knows; without an id it takes any client and secret."""

    client_id: str = ""
    client_secret: str = ""

    def accepts(self, client_id: str, client_secret: str) -> bool:
        """Whether these credentials are right."""
        if not self.client_id:
            return bool(client_id and client_secret)
        given, own = f"{client_id}\0{client_secret}", f"{self.client_id}\0{self.client_secret}"
        return secrets.compare_digest(given.encode(), own.encode())


class TokenOffice:
    """Issues bearer tokens and knows which of them are still valid."""

    def __init__(
        self,
        account: Account | None = None,
        lifetime_s: int = LIFETIME_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.lifetime_s = lifetime_s
        self._account = account or Account()
        self._clock = clock
        self._lock = threading.Lock()
        self._expiry_s: dict[str, float] = {}

    def issue(self, request: Request) -> Response:
        """Answer a token request, in the words of the real identity server."""
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        grant = form.get("grant_type")
        if grant is None:
            return _refusal(400, "invalid_request", "Missing form parameter: grant_type")
        if grant != "client_credentials":
            return _refusal(400, "unsupported_grant_type", "Unsupported grant_type")
        client_id, client_secret = _basic(request) or (
            form.get("client_id", ""),
            form.get("client_secret", ""),
        )
        if not self._account.accepts(client_id, client_secret):
            return _refusal(401, "invalid_client", "Invalid client or Invalid client credentials")
        return as_json(
            {
                "access_token": self._new_token(),
                "expires_in": self.lifetime_s,
                "refresh_expires_in": 0,
                "token_type": "Bearer",
                "not-before-policy": 0,
                "scope": "profile email",
            },
            Cache_Control="no-store",
        )

    def valid(self, authorization: str) -> bool:
        """Whether an Authorization header carries a token that has not expired."""
        scheme, _, token = authorization.partition(" ")
        with self._lock:
            expiry_s = self._expiry_s.get(token.strip(), 0.0)
        return scheme.lower() == "bearer" and self._clock() < expiry_s

    def revoke_all(self) -> None:
        """Make every token invalid at once."""
        with self._lock:
            self._expiry_s.clear()

    def _new_token(self) -> str:
        token = secrets.token_urlsafe(48)
        now_s = self._clock()
        with self._lock:
            alive = {one: until_s for one, until_s in self._expiry_s.items() if until_s > now_s}
            self._expiry_s = {**alive, token: now_s + self.lifetime_s}
        return token


def _refusal(status: int, error: str, description: str) -> Response:
    return as_json({"error": error, "error_description": description}, status)


def _basic(request: Request) -> tuple[str, str] | None:
    """Credentials from a Basic header, which OAuth2 clients may use instead of the form."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, client_secret = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote(client_id), unquote(client_secret)
