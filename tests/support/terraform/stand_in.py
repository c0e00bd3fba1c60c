"""A stand-in for the AWS provider: has its schema, takes what fits it, and plans to create all.

Run as `python -m support.terraform.stand_in FOLDER`, outside our environment, with grpcio and
msgpack on the path; FOLDER has what plugin.py wrote. It prints its port, and ends with its
standard input.
"""

from __future__ import annotations

import json
import sys
from concurrent import futures
from pathlib import Path
from typing import Any

# not of our environment
import grpc  # type: ignore[import-untyped,import-not-found,unused-ignore]
import msgpack  # type: ignore[import-untyped,import-not-found,unused-ignore]

from support.terraform.wire import field, fields, number

NOTHING = b""
"""An answer without diagnostics."""
UNKNOWN = msgpack.ExtType(0, b"\0")
"""As terraform writes a value that is known after apply."""
_OPTION = '["list",["object",{"domain_name":"string","resource_record_name":"string",'
_OPTION += '"resource_record_type":"string","resource_record_value":"string"}]]'


class StandIn:
    """terraform's plugin protocol 5, as far as `validate` and `plan` need it."""

    def __init__(self, folder: Path) -> None:
        self._schema = (folder / "schema").read_bytes()
        self._computed = json.loads((folder / "computed.json").read_text())

    def answers(self) -> dict[str, Any]:
        """Method to what answers it."""
        return {
            "GetSchema": lambda _: self._schema,
            # both hold a configuration in field 1: it is prepared as it came
            "PrepareProviderConfig": lambda asked: asked,
            "ValidateResourceTypeConfig": lambda _: NOTHING,
            "ValidateDataSourceConfig": lambda _: NOTHING,
            "ValidateEphemeralResourceConfig": lambda _: NOTHING,
            "Configure": lambda _: NOTHING,
            "PlanResourceChange": self._plan,
            "ReadDataSource": lambda asked: field(1, self._read("data", asked)),
            "OpenEphemeralResource": lambda asked: field(3, self._read("ephemeral", asked)),
            "CloseEphemeralResource": lambda _: NOTHING,
            "Stop": lambda _: NOTHING,
        }

    def _plan(self, asked: bytes) -> bytes:
        """What is not configured is known after apply; but a certificate knows its domains."""
        parts = fields(asked)
        kind, value = parts[1].decode(), _value(parts[3])
        for name in self._computed[f"resource {kind}"]:
            value[name] = UNKNOWN if value[name] is None else value[name]
        value.update(dict.fromkeys([name for name in value if name.endswith("_wo")]))
        if kind == "aws_acm_certificate":
            names = [value["domain_name"], *value["subject_alternative_names"]]
            rest = dict.fromkeys(("resource_record_name", "resource_record_type"), UNKNOWN)
            options = [{"domain_name": n, "resource_record_value": UNKNOWN, **rest} for n in names]
            value["domain_validation_options"] = [_OPTION.encode(), options]
        legacy = number(5, 1)  # as the real one: it is made with terraform's older kit
        return field(1, _packed(value)) + legacy

    def _read(self, mode: str, asked: bytes) -> bytes:
        parts = fields(asked)
        kind, value = parts[1].decode(), _value(parts[2])
        for name, type_ in self._computed[f"{mode} {kind}"].items():
            text = (
                '{"username": "u", "password": "p"}' if name == "secret_string" else f"the-{name}"
            )
            known = {'"string"': text, '"dynamic"': [b'"string"', text]}.get(type_)
            value[name] = known if value[name] is None else value[name]
        return _packed(value)


def _value(dynamic: bytes) -> dict[str, Any]:
    found: dict[str, Any] = msgpack.unpackb(fields(dynamic)[1], strict_map_key=False)
    return found


def _packed(value: dict[str, Any]) -> bytes:
    return field(1, msgpack.packb(value))


def main() -> None:
    """Serve until standard input ends."""
    methods = {
        name: grpc.unary_unary_rpc_method_handler(lambda asked, _, answer=answer: answer(asked))
        for name, answer in StandIn(Path(sys.argv[1])).answers().items()
    }
    server = grpc.server(futures.ThreadPoolExecutor(4))
    handler = grpc.method_handlers_generic_handler("tfplugin5.Provider", methods)
    server.add_generic_rpc_handlers((handler,))
    sys.stdout.write(f"{server.add_insecure_port('127.0.0.1:0')}\n")
    sys.stdout.flush()
    server.start()
    sys.stdin.read()
    server.stop(0)


if __name__ == "__main__":
    main()
