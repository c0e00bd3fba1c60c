"""Kafka Connect: the one Debezium connector that captures every declared table.

render  nothing: debezium/connector.json is written by hand, and filled in when it is applied
plan    the connector's configuration, key by key
apply   delivers MySQL's password, puts the configuration, and waits until the connector runs

A table of capture.yaml is read while its changes flow: an incremental snapshot, asked for by a row
in headwater.signal as soon as the connector carries the table (headwater.capture.scans).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.capture import history, scans
from headwater.captured import declared, taken
from headwater.mysql import OWN_SCHEMA
from headwater.targets import _connect_config as configs
from headwater.targets._connect_api import ConnectApi
from headwater.targets._connect_secret import FileSecret, ManagedSecret
from headwater.targets._msk_connect import MskConnectApi
from headwater.targets.base import Change

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from headwater.captured import CapturedTable
    from headwater.targets._connect_config import Config
    from headwater.targets._connect_secret import Secret
    from headwater.targets.base import Context

CONNECTOR = "headwater"
TEMPLATE = "connector.json"


class ConnectTarget:
    """The connector of one Kafka Connect worker."""

    name = "connect"

    def __init__(self, context: Context, api: ConnectApi | MskConnectApi | None = None) -> None:
        self._context = context
        connections, deployment = context.connections, context.connections.deployment
        self._secret: Secret
        if deployment:
            self._api = api or MskConnectApi(deployment)
            self._secret = ManagedSecret(deployment.mysql.debezium_secret)
        else:
            self._api = api or ConnectApi(connections.connect_url)
            self._secret = FileSecret(context.settings.data_dir, connections.mysql_debezium)

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
        if self._secret.differs():
            changes.append(Change(self.name, "update", CONNECTOR, "MySQL's password"))
        return changes or self._state_change()

    def apply(self) -> list[Change]:
        """Make the connector as declared; returns when it runs."""
        changes = self.plan()
        secret_changed = self._secret.deliver()
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

    def forget(self) -> None:
        """Stop the connector and let it forget its place in the binlog; `apply` begins anew."""
        self._api.stop(CONNECTOR)
        self._api.forget(CONNECTOR)

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
        return [
            table for table in tables if table.name not in known and not table.layout.append_only
        ]

    def desired(self) -> Config:
        """The configuration as declared; it refers to the password and does not hold it."""
        settings, connections = self._context.settings, self._context.connections
        account, kafka = connections.mysql_debezium, connections.kafka
        tables = declared(self._context)
        known = [settings.database, *(t.database for t in tables), OWN_SCHEMA]
        own = [f"{OWN_SCHEMA}.{name}" for name in ("heartbeat", "signal")]
        values = {
            "mysql_host": account.host,
            "mysql_port": str(account.port),
            "mysql_user": account.user,
            "mysql_password": self._secret.reference,
            "topic_prefix": settings.topic_prefix,
            "databases": configs.exactly(list(dict.fromkeys(known))),
            "tables": configs.exactly([*own, *sorted(table.name for table in tables)]),
            "bootstrap_servers": kafka.bootstrap_servers,
            "replication_factor": str(kafka.replication_factor),
            # MSK Connect does not offer it; what comes twice the streaming job leaves out
            "exactly_once": "requested" if connections.deployment else "required",
        }
        ddl = "schema.history.internal"
        return {
            **configs.fill(self._context.project.debezium / TEMPLATE, values),
            **configs.keys({table.name: table.key for table in tables}),
            **kafka.as_java(f"{ddl}.producer."),
            **kafka.as_java(f"{ddl}.consumer."),
        }

    def _state_change(self) -> list[Change]:
        status = self._api.status(CONNECTOR)
        if status.running:
            return []
        detail = status.reason if status.failed else f"is {status.connector}"
        return [Change(self.name, "update", CONNECTOR, f"does not run: {detail}")]
