"""How a connector gets MySQL's password: its configuration only refers to it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from headwater.connections import MySql

FILE = "secrets/secrets.properties"
"""Below the data folder of Connect; the worker allows its FileConfigProvider this folder only."""

KEY = "mysql.password"


class Secret(Protocol):
    """A place that the worker's configuration provider reads."""

    reference: str

    def differs(self) -> bool:
        """Whether another password stands there, or none."""
        ...

    def deliver(self) -> bool:
        """Put the password there; False if it already was."""
        ...


class FileSecret:
    """A private file beside a local worker."""

    def __init__(self, data_dir: Path, account: MySql) -> None:
        self._path = data_dir / "connect" / FILE
        self._account = account
        self.reference = f"${{file:{self._path}:{KEY}}}"

    def differs(self) -> bool:
        """Whether another password stands there, or none."""
        return not self._path.exists() or self._path.read_text() != self._text()

    def deliver(self) -> bool:
        """Write the file (mode 0600); False if it already was as it should be."""
        if not self.differs():
            return False
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._path.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(self._text())
        draft.replace(self._path)
        return True

    def _text(self) -> str:
        password = self._account.password.get_secret_value()
        escaped = password.replace("\\", "\\\\")  # a Java properties file
        return f"{KEY}={escaped}\n"


class ManagedSecret:
    """A secret of Secrets Manager, which terraform made and the worker's role may read."""

    def __init__(self, arn: str) -> None:
        # the provider wants the name: …:secret:headwater-dev/mysql/debezium-AbCdEf
        name = arn.rpartition(":")[2].rpartition("-")[0]
        self.reference = f"${{secretsManager:{name}:password}}"

    def differs(self) -> bool:
        """Never: there is one copy."""
        return False

    def deliver(self) -> bool:
        """Nothing to do."""
        return False
