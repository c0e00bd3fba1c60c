"""Kafka Connect: the one Debezium connector that captures every declared table.

render  nothing: debezium/connector.json is written by hand, and filled in when it is applied
plan    the connector's configuration, key by key
apply   delivers MySQL's password, puts the configuration, and waits until the connector runs

A table of capture.yaml is read while its changes flow: an incremental snapshot, asked for by a row
in headwater.signal as soon as the connector carries the table (headwater.capture.scans).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from headwater.capture import history, scans
from headwater.captured import declared, taken
from headwater.targets import _connect_config as configs
from headwater.targets._connect_api import ConnectApi
from headwater.targets.base import Change

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from headwater.captured import CapturedTable
    from headwater.targets._connect_config import Config
    from headwater.targets.base import Context

CONNECTOR = "headwater"
TEMPLATE = "connector.json"
SECRETS_FILE = "secrets/secrets.properties"
"""Below the data folder of Connect; the worker allows its FileConfigProvider this folder only."""

PASSWORD_KEY = "mysql.password"  # noqa: S105 - the name of a key


class ConnectTarget:
    """The connector of one Kafka Connect worker."""

    name = "connect"

    def __init__(self, context: Context, api: ConnectApi | None = None) -> None:
        self._context = context
        self._api = api or ConnectApi(context.connections.connect_url)

    def render(self) -> Mapping[Path, str]:
        """Nothing: the template holds no table, no address and no secret."""
        return {}

    def plan(self) -> list[Change]:
        """What differs between the declared connector and the one that runs."""
        found = self._api.config(CONNECTOR)
        if found is None:
            tables = ", ".join(sorted(table.name for table in declared(self._context)))
            return [Change(self.name, "create", CONNECTOR, f"captures {tables}")]
        changes = [
            Change(self.name, "update", CONNECTOR, line)
            for line in configs.differences(self.desired(), found)
        ]
        changes += [
            Change(self.name, "create", table.name, "reads its rows") for table in self._unread()
        ]
        if self._secret_differs():
            changes.append(Change(self.name, "update", CONNECTOR, "MySQL's password"))
        return changes or self._state_change()

    def apply(self) -> list[Change]:
        """Make the connector as declared; returns when it runs."""
        changes = self.plan()
        secret_changed = self._deliver_secret()
        found = self._api.config(CONNECTOR)
        if found is None:
            self._api.put_config(CONNECTOR, self.desired())
        elif configs.differences(self.desired(), found):
            self._reconfigure()
        elif secret_changed or self._api.status(CONNECTOR).failed:
            # the configuration only refers to the password: nothing else makes it read it again
            self._api.restart(CONNECTOR)
        if self._api.status(CONNECTOR).connector in {"STOPPED", "PAUSED"}:
            self._api.resume(CONNECTOR)
        self._api.wait_until_running(CONNECTOR)
        scans.request(self._context.connections, self._unread())
        return changes

    def _reconfigure(self) -> None:
        """Stopped in between: no signal is read by a task that does not know its table yet."""
        prefix = self._context.settings.topic_prefix
        history.teach(self._context.connections, prefix, taken(self._context))
        self._api.stop(CONNECTOR)
        self._api.put_config(CONNECTOR, self.desired())
        self._api.resume(CONNECTOR)

    def _unread(self) -> list[CapturedTable]:
        """Captured tables whose rows nobody has asked for yet."""
        tables = taken(self._context)
        known = scans.known(self._context.connections.mysql) if tables else {}
        return [table for table in tables if table.name not in known]

    def desired(self) -> Config:
        """The configuration as declared; it refers to the password and does not hold it."""
        settings, account = self._context.settings, self._context.connections.mysql_debezium
        tables = declared(self._context)
        databases = dict.fromkeys([settings.database, *(t.database for t in tables)])
        own = [f"{configs.OWN_DATABASE}.{name}" for name in ("heartbeat", "signal")]
        values = {
            "mysql_host": account.host,
            "mysql_port": str(account.port),
            "mysql_user": account.user,
            "mysql_password": f"${{file:{self._secrets}:{PASSWORD_KEY}}}",
            "ssl_mode": "disabled",
            "topic_prefix": settings.topic_prefix,
            "databases": configs.exactly([*databases, configs.OWN_DATABASE]),
            "tables": configs.exactly([*own, *sorted(table.name for table in tables)]),
            "bootstrap_servers": self._context.connections.kafka_bootstrap_servers,
            "replication_factor": "1",
        }
        filled = configs.fill(self._context.project.debezium / TEMPLATE, values)
        return {**filled, **configs.keys({table.name: table.key for table in tables})}

    def _state_change(self) -> list[Change]:
        status = self._api.status(CONNECTOR)
        if status.running:
            return []
        detail = status.reason if status.failed else f"is {status.connector}"
        return [Change(self.name, "update", CONNECTOR, f"does not run: {detail}")]

    @property
    def _secrets(self) -> Path:
        return self._context.settings.data_dir / "connect" / SECRETS_FILE

    def _secret(self) -> str:
        password = self._context.connections.mysql_debezium.password.get_secret_value()
        escaped = password.replace("\\", "\\\\")  # a Java properties file
        return f"{PASSWORD_KEY}={escaped}\n"

    def _secret_differs(self) -> bool:
        return not self._secrets.exists() or self._secrets.read_text() != self._secret()

    def _deliver_secret(self) -> bool:
        if not self._secret_differs():
            return False
        self._secrets.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._secrets.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(self._secret())
        draft.replace(self._secrets)
        return True
