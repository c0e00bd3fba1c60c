"""A deployment as terraform's output would describe it."""

from __future__ import annotations

import json

from headwater.deployment import Deployment, parse

REGION = "eu-central-1"
NAME = "headwater-dev"
SECRET = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:{NAME}/"


def output() -> dict[str, object]:
    web = {"login_secret": f"{SECRET}nifi/login-AbCdEf", "log_group": f"/{NAME}-nifi"}
    sizes = ("driver_cores", "executors", "executor_cores")
    return {
        "name": NAME,
        "region": REGION,
        "bucket": f"{NAME}-lake",
        "workgroup": NAME,
        "dashboard": NAME,
        "mysql": {
            "host": "mysql.example.internal",
            "port": 3306,
            "admin_secret": f"{SECRET}admin-AbCdEf",
            "nifi_secret": f"{SECRET}mysql/nifi-AbCdEf",
            "debezium_secret": f"{SECRET}mysql/debezium-AbCdEf",
            "headwater_secret": f"{SECRET}mysql/headwater-AbCdEf",
        },
        "kafka": {"bootstrap_servers": "b-1:9098,b-2:9098,b-3:9098", "replication_factor": 3},
        "connect": {
            "role_arn": "arn:aws:iam::123456789012:role/headwater-dev-connect",
            "plugin_arn": f"arn:aws:kafkaconnect:{REGION}:123456789012:custom-plugin/p/1",
            "plugin_revision": 1,
            "worker_configuration_arn": f"arn:aws:kafkaconnect:{REGION}:1:worker-configuration/w/1",
            "worker_configuration_revision": 1,
            "log_group": f"/{NAME}/connect",
            "subnets": ["subnet-1", "subnet-2", "subnet-3"],
            "security_group": "sg-1",
            "units": 1,
        },
        "streaming": {
            "application_id": "00f",
            "role_arn": "arn:aws:iam::123456789012:role/headwater-dev-streaming",
            "package": f"s3://{NAME}-artifacts/streaming/abc",
            "log_group": f"/{NAME}/streaming",
            "kms_key_arn": f"arn:aws:kms:{REGION}:123456789012:key/k",
            "driver_memory": 8,
            "executor_memory": 8,
            **dict.fromkeys(sizes, 2),
        },
        "nifi": {"url": "https://nifi.example.org", **web},
        "superset": {"url": "https://superset.example.org", **web},
    }


def deployment() -> Deployment:
    return parse(json.dumps(output()))


def secret(arn: str) -> dict[str, str]:
    name = arn.rpartition("/")[2].rpartition("-")[0]
    return {"username": name, "password": f"password of {name}"}
