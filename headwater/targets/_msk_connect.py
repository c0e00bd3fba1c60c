"""MSK Connect's API with the methods of Connect's REST: a connector is one of its resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headwater.clock import Clock
from headwater.deployment import asking
from headwater.errors import TargetError
from headwater.targets._connect_api import Status

if TYPE_CHECKING:
    from headwater.deployment import Deployment
    from headwater.targets._connect_config import Config

VERSION = "3.7.x"
POLL_S = 10.0
DEADLINE_S = 1800.0
"""Making a connector takes MSK Connect five to fifteen minutes."""

_CHANGING = {"CREATING", "UPDATING", "RESTARTING", "RESUMING", "PAUSING"}


class MskConnectApi:
    """The one connector of a deployment, by whatever name: it bears the deployment's."""

    def __init__(
        self,
        deployment: Deployment,
        client: Any = None,  # noqa: ANN401 - boto3
        clock: Clock | None = None,
    ) -> None:
        self._deployment = deployment
        self._given = client
        self._clock = clock or Clock()

    def config(self, name: str) -> Config | None:
        """The configuration as it was given, or None where there is no such connector."""
        found = self._described(name)
        return dict(found["connectorConfiguration"]) if found else None

    def put_config(self, name: str, config: Config) -> None:
        """Create the connector, or change it."""
        found = self._described(name)
        if found is None:
            self._call("create_connector", **self._creation(config))
            return
        self._call(
            "update_connector",
            connectorArn=found["connectorArn"],
            currentVersion=found["currentVersion"],
            connectorConfiguration=config,
            plugins=self._plugins(),
            workerConfiguration=self._worker(),
        )

    def restart(self, name: str) -> None:
        """Restart the connector and its task."""
        self._call("restart_connector", connectorArn=self._arn(name), onlyFailedTasks=False)

    def stop(self, name: str) -> None:
        """Nothing: MSK Connect stops a connector by itself while it is changed."""

    def forget(self, name: str) -> None:
        """Delete the connector; returns when it is gone.

        Its place in the binlog stays in the worker's topic of offsets: docs/aws.md, "Begin anew".
        """
        end = self._clock.now() + DEADLINE_S
        if (found := self._described(name)) is not None:
            self._call("delete_connector", connectorArn=found["connectorArn"])
        while self._described(name) is not None:
            if self._clock.now() > end:
                raise TargetError(
                    f"connector {self._deployment.name} is not gone after {DEADLINE_S:.0f} s",
                    remedy="the console of MSK Connect says why",
                )
            self._clock.sleep(POLL_S)

    def resume(self, name: str) -> None:
        """Let a paused connector go on; one that is being changed does so by itself."""
        if self.status(name).connector == "PAUSED":
            self._call("resume_connector", connectorArn=self._arn(name))

    def status(self, name: str) -> Status:
        """How the connector is doing; MSK Connect tells nothing of tasks, so they are as it is."""
        found = self._described(name)
        if found is None:
            return Status("UNASSIGNED")
        state = str(found["connectorState"])
        why = found.get("stateDescription", {})
        trace = ": ".join(why[key] for key in ("code", "message") if why.get(key))
        return Status(state, (state,), trace)

    def wait_until_running(self, name: str) -> None:
        """Return when the connector runs; say why where it does not."""
        end = self._clock.now() + DEADLINE_S
        while not (status := self.status(name)).running:
            if status.connector not in _CHANGING or self._clock.now() > end:
                raise TargetError(
                    f"connector {self._deployment.name} is {status.connector}: {status.reason}",
                    remedy="`headwater --target aws logs connect` shows what it says",
                )
            self._clock.sleep(POLL_S)

    def _creation(self, config: Config) -> dict[str, Any]:
        part, kafka = self._deployment.connect, self._deployment.kafka
        capacity = {"provisionedCapacity": {"mcuCount": part.units, "workerCount": 1}}
        log = {"cloudWatchLogs": {"enabled": True, "logGroup": part.log_group}}
        vpc = {"subnets": part.subnets, "securityGroups": [part.security_group]}
        cluster = {"bootstrapServers": kafka.bootstrap_servers, "vpc": vpc}
        return {
            "connectorName": self._deployment.name,
            "connectorConfiguration": config,
            "capacity": capacity,
            "kafkaCluster": {"apacheKafkaCluster": cluster},
            "kafkaClusterClientAuthentication": {"authenticationType": "IAM"},
            "kafkaClusterEncryptionInTransit": {"encryptionType": "TLS"},
            "kafkaConnectVersion": VERSION,
            "logDelivery": {"workerLogDelivery": log},
            "plugins": self._plugins(),
            "workerConfiguration": self._worker(),
            "serviceExecutionRoleArn": part.role_arn,
        }

    def _plugins(self) -> list[dict[str, Any]]:
        part = self._deployment.connect
        plugin = {"customPluginArn": part.plugin_arn, "revision": part.plugin_revision}
        return [{"customPlugin": plugin}]

    def _worker(self) -> dict[str, Any]:
        part = self._deployment.connect
        return {
            "workerConfigurationArn": part.worker_configuration_arn,
            "revision": part.worker_configuration_revision,
        }

    def _described(self, _name: str) -> dict[str, Any] | None:
        wanted = self._deployment.name
        found = self._call("list_connectors", connectorNamePrefix=wanted)["connectors"]
        for connector in found:
            if connector["connectorName"] == wanted:
                arn = connector["connectorArn"]
                return dict(self._call("describe_connector", connectorArn=arn))
        return None

    def _arn(self, name: str) -> str:
        found = self._described(name)
        if found is None:
            raise TargetError(
                f"there is no connector {self._deployment.name}",
                remedy="`headwater --target aws apply` makes it",
            )
        return str(found["connectorArn"])

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3
        self._given = self._given or self._deployment.client("kafkaconnect")
        with asking(f"MSK Connect, {operation}"):
            return dict(getattr(self._given, operation)(**arguments))
