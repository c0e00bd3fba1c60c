"""Put a rendered flow into any NiFi 2 with nipyapi alone, as an example of using nifi/flows.

    MYSQL_PASSWORD=… S3_SECRET=… python nifi/deploy.py http://127.0.0.1:8080 nifi/flows/flights.json

The NiFi must have our NAR (see nifi/README.md). Secrets come from the environment, because flow
definitions carry none; an account of the API is needed too, in OAUTH2_ID and OAUTH2_SECRET.
"""

# ruff: noqa: INP001 - an example, in no package
from __future__ import annotations

import os
import sys

import nipyapi
from nipyapi import canvas, parameters, versioning

FROM_ENVIRONMENT = {
    "mysql.password": "MYSQL_PASSWORD",
    "s3.access.key.id": "S3_KEY",
    "s3.secret.access.key": "S3_SECRET",
    "oauth2.client.id": "OAUTH2_ID",
    "oauth2.client.secret": "OAUTH2_SECRET",
}


def main(nifi_url: str, flow_file: str) -> None:
    """Import the flow, set its parameters, start it."""
    nipyapi.config.nifi_config.host = f"{nifi_url}/nifi-api"
    group = versioning.import_process_group_definition("root", file_path=flow_file)
    context = parameters.get_parameter_context(group.component.parameter_context.id, "id")
    for name, variable in FROM_ENVIRONMENT.items():
        secret = name.endswith(("password", "secret", "secret.access.key"))
        value = parameters.prepare_parameter(name, os.environ[variable], sensitive=secret)
        context = parameters.upsert_parameter_to_context(context, value)
    canvas.schedule_all_controllers(group.id, scheduled=True)
    canvas.schedule_process_group(group.id, scheduled=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
