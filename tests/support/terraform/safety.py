"""Rules about safety: rights, networks, buckets, secrets. A wildcard needs its reason beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from support.terraform.hcl import literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.terraform.hcl import Module

_ANY = re.compile(r'"(?:\*|[a-z][a-z0-9-]*:\*)"')
_REASON = re.compile(r"# wildcard: \w+")
_WORLD = ("0.0.0.0/0", "::/0")
_SECRET_ARGUMENTS = {
    "password", "master_password", "secret_string", "secret_binary", "auth_token", "token",
    "access_key", "secret_key", "private_key",
}  # fmt: skip
_SECRET_NAME = re.compile(r"password|passwd|secret|token|private_key", re.IGNORECASE)
_BLOCKS = (
    "block_public_acls",
    "block_public_policy",
    "ignore_public_acls",
    "restrict_public_buckets",
)


def check_wildcards(module: Module) -> Iterator[str]:
    """Rights to everything, where no reason is given on the line."""
    for file, text in module.texts.items():
        for number, line in enumerate(text.splitlines(), 1):
            if _ANY.search(line) and not _REASON.search(line):
                yield f"{file.name}:{number}: a wildcard without a reason: {line.strip()}"


def check_open_ports(module: Module) -> Iterator[str]:
    """Ingress from everywhere, in whichever of the provider's forms."""
    for resource in module.resources:
        for path, body in resource.body.all_blocks():
            inward = (
                resource.type == "aws_vpc_security_group_ingress_rule"
                or path.endswith("ingress")
                or literal(body.arguments.get("type")) == "ingress"
            )
            if inward and any(world in str(body.arguments) for world in _WORLD):
                yield f"{resource.address}: open to the whole world"


def check_buckets(module: Module) -> Iterator[str]:
    """Buckets without a complete public access block, and public ACLs."""
    blocked = {
        match[1]
        for resource in module.resources
        if resource.type == "aws_s3_bucket_public_access_block"
        and all(resource.body.arguments.get(name) is True for name in _BLOCKS)
        for match in re.finditer(r"aws_s3_bucket\.(\w+)", str(resource.body.arguments))
    }
    for resource in module.resources:
        if resource.type == "aws_s3_bucket" and resource.name not in blocked:
            yield f"{resource.address}: public access is not blocked"
        if "public" in (literal(resource.body.arguments.get("acl")) or ""):
            yield f"{resource.address}: a public ACL"


def check_secrets(module: Module) -> Iterator[str]:
    """Secrets that would be in the state or in the code."""
    for resource in module.resources:
        for _, body in resource.body.all_blocks():
            for name in body.arguments.keys() & _SECRET_ARGUMENTS:
                yield f"{resource.address}: {name} would be in the state: use its write-only form"
    for file, text in module.texts.items():
        for number, line in enumerate(text.splitlines(), 1):
            match = re.match(r'\s*"?(\w+)"?\s*=\s*"([^"]+)"', line)
            plain = match and "$" not in match[2] and re.search(r"[^\w/ -]|\d{3}|[A-Z]", match[2])
            if match and plain and _SECRET_NAME.search(match[1]):
                yield f"{file.name}:{number}: {match[1]} looks like a secret in plain text"


ALL = (check_wildcards, check_open_ports, check_buckets, check_secrets)
