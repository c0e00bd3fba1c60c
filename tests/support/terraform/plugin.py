"""`terraform validate` and `plan` with a provider that is not there: its schema is enough for them.

terraform asks a provider for its schema through its plugin protocol; we answer with what the
schema package says (schema.py). The stand-in (stand_in.py) plans to create everything.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from support import packages
from support.terraform import schema
from support.terraform.wire import field, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from support.terraform.schema import Argument, Type

SOURCE = "registry.terraform.io/hashicorp/aws"
_TYPES = {
    "string": '"string"',
    "number": '"number"',
    "boolean": '"bool"',
    "stringList": '["list","string"]',
    "numberList": '["list","number"]',
    "stringMap": '["map","string"]',
}
_ANY = '"dynamic"'
_LIST = 2  # how blocks are nested


def answer(used: Iterable[tuple[str, str]]) -> bytes:
    """GetProviderSchema.Response with these resources, data sources and ephemeral resources."""
    region = field(2, _attribute("region", '"string"', optional=True))
    tags = field(2, _attribute("tags", '["map","string"]', optional=True))
    found = field(1, _schema(region + field(3, _nested("default_tags", tags, most=1))))
    places = {"resource": 2, "data": 3, "ephemeral": 8}
    for mode, name in sorted(set(used)):
        kind = schema.known("data" if mode == "ephemeral" else mode, name)
        if kind is not None:
            entry = field(1, name.encode()) + field(2, _schema(_top(kind)))
            found += field(places[mode], entry)
    return found


def computed(used: Iterable[tuple[str, str]]) -> dict[str, dict[str, str]]:
    """`mode type` to the arguments that the provider fills in, with their types."""
    found = {}
    for mode, name in used:
        kind = schema.known("data" if mode == "ephemeral" else mode, name)
        if kind is not None:
            optional = {
                argument: _TYPES[known.kind]
                for argument, known in kind.arguments.items()
                if known.kind != "block" and not known.required and not argument.endswith("_wo")
            }
            rest = dict.fromkeys(kind.attributes, _ANY)
            found[f"{mode} {name}"] = {**_without(rest, kind.arguments), **optional}
    return found


def _without(names: Mapping[str, str], others: Mapping[str, object]) -> dict[str, str]:
    return {name: value for name, value in names.items() if name not in others}


def _top(kind: Type) -> bytes:
    rest = [name for name in kind.attributes if name not in kind.arguments]
    given = (field(2, _attribute(name, _ANY, computed=True)) for name in rest)
    return _body(kind.arguments, kind) + b"".join(given)


def _body(arguments: Mapping[str, Argument], kind: Type) -> bytes:
    parts = []
    for name, argument in arguments.items():
        if argument.kind == "block":
            inner = kind.blocks.get(argument.block, {})
            most = 0 if argument.many else 1
            least = int(argument.required)
            parts.append(field(3, _nested(name, _body(inner, kind), least=least, most=most)))
            continue
        needed = {"required": True} if argument.required else {"optional": True, "computed": True}
        if name.endswith("_wo"):  # an ephemeral value may go nowhere else
            needed = {**needed, "computed": False, "write_only": True}
        parts.append(field(2, _attribute(name, _TYPES[argument.kind], **needed)))
    return b"".join(parts)


def _schema(block: bytes) -> bytes:
    return field(2, block)


def _attribute(name: str, kind: str, **flags: bool) -> bytes:
    numbers = {"required": 4, "optional": 5, "computed": 6, "write_only": 10}
    set_ = b"".join(number(numbers[flag], 1) for flag, on in flags.items() if on)
    return field(1, name.encode()) + field(2, kind.encode()) + set_


def _nested(name: str, block: bytes, least: int = 0, most: int = 0) -> bytes:
    limits = number(3, _LIST) + number(4, least) + number(5, most)
    return field(1, name.encode()) + field(2, block) + limits


@contextmanager
def serving(used: Iterable[tuple[str, str]], folder: Path) -> Iterator[dict[str, str]]:
    """The stand-in runs; gives the environment in which terraform finds it and asks no registry."""
    used = set(used)
    (folder / "schema").write_bytes(answer(used))
    (folder / "computed.json").write_text(json.dumps(computed(used)))
    python = getattr(sys, "_base_executable", sys.executable)
    path = f"{packages.installed('terraform/requirements/provider.txt')}:{packages.TESTS}"
    with subprocess.Popen(
        [python, "-s", "-m", "support.terraform.stand_in", str(folder)],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        found = {
            "Protocol": "grpc",
            "ProtocolVersion": 5,
            "Pid": process.pid,
            "Test": True,
            "Addr": {"Network": "tcp", "String": f"127.0.0.1:{port}"},
        }
        try:
            yield {
                "PATH": os.environ["PATH"],
                "HOME": str(folder),
                "CHECKPOINT_DISABLE": "1",
                "TF_REATTACH_PROVIDERS": json.dumps({SOURCE: found}),
            }
        finally:
            process.stdin.close()


def validate(terraform: str, folder: Path, env: Mapping[str, str]) -> list[str]:
    """What terraform finds wrong with a root module."""
    begun = _run(terraform, folder, env, "init", "-backend=false", "-input=false")
    if begun.returncode:
        return [f"init: {begun.stdout}{begun.stderr}"]
    told: dict[str, Any] = json.loads(_run(terraform, folder, env, "validate", "-json").stdout)
    return [
        f"{found.get('range', {}).get('filename', '')}: {found['summary']}: {found['detail']}"
        for found in told["diagnostics"]
        if found["severity"] == "error"
    ]


def plan(terraform: str, folder: Path, env: Mapping[str, str]) -> dict[str, Any]:
    """A root module's plan of an empty account, as `terraform show -json` tells it."""
    made = _run(terraform, folder, env, "plan", "-input=false", "-lock=false", "-out=plan")
    assert made.returncode == 0, made.stdout + made.stderr
    shown: dict[str, Any] = json.loads(_run(terraform, folder, env, "show", "-json", "plan").stdout)
    return shown


def _run(
    terraform: str, folder: Path, env: Mapping[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    command = [terraform, f"-chdir={folder}", *arguments, "-no-color"]
    return subprocess.run(command, env=dict(env), capture_output=True, text=True, check=False)
