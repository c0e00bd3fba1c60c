"""Passwords and keys: generated once per installation, kept with mode 0600."""

from __future__ import annotations

import json
import os
import secrets as random
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, SecretStr

if TYPE_CHECKING:
    from pathlib import Path


def _new() -> SecretStr:
    return SecretStr(random.token_urlsafe(24))


def _new_access_key() -> str:
    return "HW" + random.token_hex(9).upper()


class Secrets(BaseModel):
    """The credentials of a local stack; every one is made at random."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    mysql_root: SecretStr = Field(default_factory=_new)
    mysql_nifi: SecretStr = Field(default_factory=_new)
    mysql_debezium: SecretStr = Field(default_factory=_new)
    mysql_headwater: SecretStr = Field(default_factory=_new)
    aws_access_key_id: str = Field(default_factory=_new_access_key)
    aws_secret_access_key: SecretStr = Field(default_factory=_new)
    nifi_sensitive_key: SecretStr = Field(default_factory=_new)
    superset_key: SecretStr = Field(default_factory=_new)
    superset_admin: SecretStr = Field(default_factory=_new)
    superset_editor: SecretStr = Field(default_factory=_new)
    superset_viewer: SecretStr = Field(default_factory=_new)


def load_or_create(path: Path) -> Secrets:
    """Read the secrets of an installation, making (and adding) what is not there yet."""
    known = json.loads(path.read_text()) if path.exists() else {}
    found = Secrets.model_validate(known)
    if set(known) != set(Secrets.model_fields):
        _write(path, found)
    return found


def _write(path: Path, secrets: Secrets) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in secrets
    }
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(plain, file, indent=1)
    draft.replace(path)
