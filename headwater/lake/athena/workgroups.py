"""The work group: one, with the bucket's result folder as its default output location."""

from __future__ import annotations

from headwater.lake.athena.executions import ENGINE_VERSION
from headwater.lake.athena.protocol import Json, invalid, required


class WorkGroups:
    """Athena's work group operations."""

    def __init__(self, name: str, output: str) -> None:
        self.name = name
        self._output = output

    def check(self, name: str) -> None:
        """Refuse a work group that is not there."""
        if name != self.name:
            raise invalid(f"WorkGroup {name} is not found.")

    def output(self, asked: str | None) -> str:
        """Where a result goes: as the caller asks, or the work group's location."""
        location = asked or self._output
        if not location.startswith("s3://") or not location.removeprefix("s3://").strip("/"):
            raise invalid(f"outputLocation is not a valid S3 path. Provided {location}")
        return location

    def get(self, parameters: Json) -> Json:
        """GetWorkGroup."""
        self.check(required(parameters, "WorkGroup"))
        configuration = {
            "ResultConfiguration": {"OutputLocation": self._output},
            "EnforceWorkGroupConfiguration": False,
            "PublishCloudWatchMetricsEnabled": False,
            "RequesterPaysEnabled": False,
            "EngineVersion": ENGINE_VERSION,
        }
        group = {"Name": self.name, "State": "ENABLED", "Description": "the local stack"}
        return {"WorkGroup": {**group, "Configuration": configuration}}

    def list(self, _: Json) -> Json:
        """ListWorkGroups."""
        group = {"Name": self.name, "State": "ENABLED", "EngineVersion": ENGINE_VERSION}
        return {"WorkGroups": [group]}

    @staticmethod
    def list_engine_versions(_: Json) -> Json:
        """ListEngineVersions."""
        return {"EngineVersions": [ENGINE_VERSION]}
