"""EMR Serverless: the one job run that is the streaming job; locally the supervisor runs it.

render  nothing
plan    no run, or one of other files or sizes
apply   ends the old run, and submits the new one when it is gone: two at once would be two writers
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from headwater.clock import Clock
from headwater.deployment import asking
from headwater.errors import TargetError
from headwater.lake.files import DOCUMENT
from headwater.targets.base import Change

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from headwater.deployment import Deployment
    from headwater.targets.base import Context

MANIFEST = "job.json"
POLL_S = 5.0
DEADLINE_S = 600.0
ALIVE = frozenset({"SUBMITTED", "PENDING", "SCHEDULED", "RUNNING", "QUEUED"})
PYTHON = "/usr/bin/python3.11"
"""Of the image that docker/emr builds: EMR's own is older than what the job needs (3.10)."""
RETRIES_AN_HOUR = 10
"""As many as EMR allows: the job's state is in the tables, so trying again is always right."""


class EmrTarget:
    """The job run of a deployment."""

    name = "job"

    def __init__(
        self,
        context: Context,
        deployment: Deployment,
        clients: Mapping[str, Any] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._context = context
        self._deployment = deployment
        self._clients = dict(clients or {})
        self._clock = clock or Clock()

    def render(self) -> Mapping[Path, str]:
        """Nothing stands in the repository."""
        return {}

    def plan(self) -> list[Change]:
        """What the running job run is not."""
        wanted, running = self.request(), self.runs(ALIVE)
        if not running:
            return [Change(self.name, "create", wanted["name"], "no run is alive")]
        return [
            Change(self.name, "update", run["name"], f"becomes {wanted['name']}")
            for run in running
            if run["name"] != wanted["name"]
        ]

    def apply(self) -> list[Change]:
        """End what should not run, and submit what should; returns when it is submitted."""
        changes = self.plan()
        wanted = self.request()
        stale = [run for run in self.runs(ALIVE) if run["name"] != wanted["name"]]
        for run in stale:
            self._call("cancel_job_run", jobRunId=run["id"])
        if stale:
            self._wait_until_gone()
        if changes:
            self._call("start_job_run", **wanted)
        return changes

    def runs(self, states: Collection[str]) -> list[dict[str, Any]]:
        """The deployment's job runs in these states."""
        application = self._deployment.streaming.application_id
        pages = self._client("emr-serverless").get_paginator("list_job_runs")
        with asking("EMR Serverless, list_job_runs"):
            found = [
                run for page in pages.paginate(applicationId=application) for run in page["jobRuns"]
            ]
        ours = (run for run in found if run["name"].startswith(f"{self._deployment.name}-"))
        return [run for run in ours if run["state"] in states]

    def request(self) -> dict[str, Any]:
        """What is submitted; its name tells one of other files or sizes apart."""
        part = self._deployment.streaming
        how = self._manifest()
        log = {
            "enabled": True,
            "logGroupName": part.log_group,
            "logStreamNamePrefix": "job",
            "encryptionKeyArn": part.kms_key_arn,
        }
        logging = [
            {"classification": f"spark-{role}-log4j2", "properties": how["logging"]}
            for role in ("driver", "executor")
        ]
        request = {
            "executionRoleArn": part.role_arn,
            "mode": "STREAMING",
            "retryPolicy": {"maxFailedAttemptsPerHour": RETRIES_AN_HOUR},
            "jobDriver": {"sparkSubmit": self._submit(how)},
            "configurationOverrides": {
                "applicationConfiguration": logging,
                "monitoringConfiguration": {"cloudWatchLoggingConfiguration": log},
            },
        }
        digest = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
        return {**request, "name": f"{self._deployment.name}-{digest[:12]}"}

    def _submit(self, how: Mapping[str, Any]) -> dict[str, Any]:
        part = self._deployment.streaming
        sizes = {
            "spark.driver.cores": part.driver_cores,
            "spark.driver.memory": f"{_heap(part.driver_memory)}m",
            "spark.executor.cores": part.executor_cores,
            "spark.executor.memory": f"{_heap(part.executor_memory)}m",
            "spark.executor.instances": part.executors,
            "spark.dynamicAllocation.enabled": "false",
        }
        files = {
            "spark.submit.pyFiles": self._places(how["py_files"]),
            "spark.jars": self._places(how["jars"]),
        }
        python = {
            "spark.emr-serverless.driverEnv.PYSPARK_DRIVER_PYTHON": PYTHON,
            "spark.emr-serverless.driverEnv.PYSPARK_PYTHON": PYTHON,
            "spark.executorEnv.PYSPARK_PYTHON": PYTHON,
        }
        settings = {**how["conf"], **sizes, **files, **python}
        return {
            "entryPoint": f"{part.package}/{how['entry']}",
            "entryPointArguments": ["--config", f"s3://{self._deployment.bucket}/{DOCUMENT}"],
            "sparkSubmitParameters": " ".join(
                f"--conf {name}={value}" for name, value in settings.items()
            ),
        }

    def _places(self, names: list[str]) -> str:
        return ",".join(f"{self._deployment.streaming.package}/{name}" for name in names)

    def _manifest(self) -> dict[str, Any]:
        """How the uploaded package wants to be submitted (headwater/stack/package.py)."""
        bucket, _, folder = self._deployment.streaming.package.removeprefix("s3://").partition("/")
        key = f"{folder}/{MANIFEST}"
        with asking(f"s3://{bucket}/{key}"):
            body = self._client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return dict(json.loads(body))

    def _wait_until_gone(self) -> None:
        end = self._clock.now() + DEADLINE_S
        while self.runs(ALIVE | {"CANCELLING"}):
            if self._clock.now() > end:
                raise TargetError(
                    f"the old job run is not gone after {DEADLINE_S:.0f} s",
                    remedy="look at it in EMR Studio; then run `headwater apply` again",
                )
            self._clock.sleep(POLL_S)

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - boto3
        application = self._deployment.streaming.application_id
        call = getattr(self._client("emr-serverless"), operation)
        with asking(f"EMR Serverless, {operation}"):
            return dict(call(applicationId=application, **arguments))

    def _client(self, service: str) -> Any:  # noqa: ANN401 - boto3
        if service not in self._clients:
            self._clients[service] = self._deployment.client(service)
        return self._clients[service]


def _heap(gigabytes: int) -> int:
    """Megabytes of heap in a worker of this size: Spark adds a tenth for all else."""
    return gigabytes * 1024 * 10 // 11
