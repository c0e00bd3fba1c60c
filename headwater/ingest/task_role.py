"""The keys of an ECS task's role: what signs uploads where nobody configured a key pair."""

from __future__ import annotations

import json
import os
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

UNSET = "unset"
"""The value of a key parameter that means: use the role."""

AGENT = "http://169.254.170.2"
PATH = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
_MARGIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Keys:
    """A key pair, with the token that a role's pair needs."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(default="", repr=False)


class TaskRole:
    """Asks the task's agent, and again when the keys are about to expire."""

    def __init__(
        self,
        get: Callable[[str], bytes] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._get = get or _get
        self._now = now
        self._keys: Keys | None = None
        self._until = datetime.min.replace(tzinfo=UTC)

    def keys(self) -> Keys:
        """The role's keys; raises OSError where there is no agent."""
        if self._keys is None or self._now() > self._until - _MARGIN:
            path = os.environ.get(PATH)
            if not path:
                raise OSError(f"{PATH} is not set: no keys are configured, and this is no ECS task")
            found = json.loads(self._get(AGENT + path))
            self._keys = Keys(found["AccessKeyId"], found["SecretAccessKey"], found["Token"])
            self._until = datetime.fromisoformat(found["Expiration"])
        return self._keys


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - the agent's fixed address
        return bytes(answer.read())
