"""Superset's REST API: all assets out, all assets in, as the YAML documents of its own export."""

from __future__ import annotations

import io
import json
import zipfile
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests
import yaml

from headwater.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.connections import Login

Document = dict[str, Any]
_ROOT = "assets"
_TIMEOUT = (5, 180)
_MANIFEST = {"version": "1.0.0", "type": "assets", "timestamp": "2026-01-01T00:00:00+00:00"}


class SupersetApi:
    """One Superset, as its administrator."""

    def __init__(self, url: str, login: Login, session: requests.Session | None = None) -> None:
        self._url = url.rstrip("/")
        self._login = login
        self._session = session or requests.Session()
        # The server drops idle connections after 2 s; what is sent on one then is lost.
        self._session.headers["Connection"] = "close"
        self._signed_in = False

    def export(self) -> dict[str, Document]:
        """Everything that Superset has: path in the bundle -> document."""
        answer = self._send("GET", "/api/v1/assets/export/", missing_ok=True)
        if answer.status_code == HTTPStatus.NOT_FOUND:  # nothing there yet
            return {}
        with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
            return {
                name.split("/", 1)[1]: yaml.safe_load(bundle.read(name))
                for name in bundle.namelist()
                if name.endswith(".yaml")
            }

    def import_(self, documents: Mapping[str, Document]) -> None:
        """Make these documents so; what Superset has besides them stays."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
            for path, document in {"metadata.yaml": _MANIFEST, **documents}.items():
                bundle.writestr(f"{_ROOT}/{path}", yaml.safe_dump(document, sort_keys=False))
        files = {"bundle": ("assets.zip", buffer.getvalue(), "application/zip")}
        self._send("POST", "/api/v1/assets/import/", files=files)

    def _send(
        self,
        method: str,
        path: str,
        *,
        missing_ok: bool = False,
        **content: Any,  # noqa: ANN401 - of requests
    ) -> requests.Response:
        if not self._signed_in:
            self._sign_in()
        answer = self._call(method, path, **content)
        if answer.ok or (missing_ok and answer.status_code == HTTPStatus.NOT_FOUND):
            return answer
        raise TargetError(
            f"Superset, {method} {path}: HTTP {answer.status_code}: {_reason(answer)}",
            remedy="`headwater logs superset` may say more",
        )

    def _sign_in(self) -> None:
        body = {
            "username": self._login.user,
            "password": self._login.password.get_secret_value(),
            "provider": "db",
            "refresh": False,
        }
        answer = self._call("POST", "/api/v1/security/login", json=body)
        if not answer.ok:
            raise TargetError(
                f"Superset does not let {self._login.user!r} in: {_reason(answer)}",
                remedy="`headwater restart superset` sets the accounts as they are declared",
            )
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        self._session.headers["Referer"] = self._url
        token = self._call("GET", "/api/v1/security/csrf_token/").json()["result"]
        self._session.headers["X-CSRFToken"] = token
        self._signed_in = True

    def _call(self, method: str, path: str, **content: Any) -> requests.Response:  # noqa: ANN401 - of requests
        try:
            return self._session.request(method, self._url + path, timeout=_TIMEOUT, **content)
        except requests.RequestException as error:
            raise TargetError(
                f"Superset at {self._url} does not answer: {error}",
                remedy="`headwater status` shows whether superset runs",
            ) from error


def _reason(answer: requests.Response) -> str:
    """Superset's own words: the messages of its errors with what they are about."""
    try:
        found = answer.json()
    except json.JSONDecodeError:
        return " ".join(answer.text.split())[:300]
    errors = [
        f"{error.get('message')} {json.dumps(error.get('extra', {}))[:1500]}"
        for error in found.get("errors", ())
    ]
    return "; ".join(errors) or str(found.get("message", found))[:300]
