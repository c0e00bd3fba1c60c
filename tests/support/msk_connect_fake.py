"""MSK Connect, which moto lacks: keeps one connector; AWS's own model checks every request."""

from __future__ import annotations

from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import validate_parameters

Answer = dict[str, Any]


class FakeMskConnect:
    """A boto3 client as far as MskConnectApi uses it; `told` are the operations asked for."""

    def __init__(self) -> None:
        self.kept: Answer | None = None
        self.told: list[str] = []
        self._model = ServiceModel(Loader().load_service_model("kafkaconnect", "service-2"))

    def list_connectors(self, **asked: Any) -> Answer:
        self._check("ListConnectors", asked)
        return {"connectors": [self.kept] if self.kept else []}

    def describe_connector(self, **asked: Any) -> Answer:
        self._check("DescribeConnector", asked)
        return dict(self.kept or {})

    def create_connector(self, **asked: Any) -> Answer:
        self._check("CreateConnector", asked)
        arn = f"arn:aws:kafkaconnect:eu-central-1:1:connector/{asked['connectorName']}/1"
        state = {"connectorArn": arn, "connectorState": "RUNNING", "currentVersion": "1"}
        self.kept = {**asked, **state}
        return state

    def update_connector(self, **asked: Any) -> Answer:
        self._check("UpdateConnector", asked)
        self.kept = {**(self.kept or {}), **asked}
        return {}

    def _check(self, operation: str, asked: Answer) -> None:
        self.told.append(operation)
        shape = self._model.operation_model(operation).input_shape
        assert shape is not None
        validate_parameters(asked, shape)
