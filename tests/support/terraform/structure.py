"""Rules about structure: arguments and blocks are the provider's, references lead somewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from support.terraform import schema
from support.terraform.hcl import META, literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from support.terraform.hcl import Body, Module, Resource
    from support.terraform.schema import Argument, Type

_META_BLOCKS = frozenset({"lifecycle", "provisioner", "connection"})
_REFERENCE = re.compile(
    r"(?<![\w.])(?P<root>var|local|module|data|ephemeral|aws_\w+)"
    r"\.(?P<one>\w+)(?P<rest>(?:\[[^\]\[]*(?:\[[^\]]*\][^\]]*)*\]|\.\w+|\.\*)*)"
)
_SCALARS = {"string", "number", "boolean"}


def type_of(resource: Resource) -> Type | None:
    """The provider's schema of a resource; an ephemeral one has that of its data source.

    The package knows no ephemeral resources; those that the provider has take and give what the
    data source of the same name does.
    """
    mode = "data" if resource.mode == "ephemeral" else resource.mode
    return schema.known(mode, resource.type)


def check_arguments(module: Module) -> Iterator[str]:
    """Unknown arguments and blocks, missing required ones, values of another kind."""
    for resource in module.resources:
        found = type_of(resource)
        if found is None:
            yield f"{resource.address}: the provider has no {resource.mode} {resource.type}"
        else:
            yield from _body(resource.address, resource.body, found.arguments, found)


def _body(where: str, body: Body, known: Mapping[str, Argument], type_: Type) -> Iterator[str]:
    for name in body.arguments.keys() - META:
        if name not in known or known[name].block:
            yield f"{where}: argument {name} is {'a block' if name in known else 'unknown'}"
        else:
            yield from _value(f"{where}.{name}", body.arguments[name], known[name].kind)
    for name, block in body.blocks:
        if name in _META_BLOCKS:
            continue
        if name not in known or known[name].kind != "block":
            yield f"{where}: there is no block {name}"
        elif known[name].block in type_.blocks:
            yield from _body(f"{where}.{name}", block, type_.blocks[known[name].block], type_)
    yield from _amounts(where, body, known)


def _amounts(where: str, body: Body, known: Mapping[str, Argument]) -> Iterator[str]:
    given = [*body.arguments, *(name for name, _ in body.blocks)]
    for name, argument in known.items():
        if argument.required and name not in given:
            yield f"{where}: {name} is required"
        if argument.block and not argument.many and _static(body, name) > 1:
            yield f"{where}: {name} may be given once"


def _static(body: Body, name: str) -> int:
    return sum(block == name for block, _ in body.blocks)


def _value(where: str, value: object, kind: str) -> Iterator[str]:
    text = literal(value)
    wrong = (
        (kind == "number" and text is not None and not re.fullmatch(r"-?\d+(\.\d+)?", text))
        or (kind == "boolean" and text is not None and text not in ("true", "false"))
        or (kind in _SCALARS and isinstance(value, list | dict))
        or (kind.endswith("List") and (text is not None or isinstance(value, dict | bool | int)))
        or (kind.endswith("Map") and (text is not None or isinstance(value, list | bool | int)))
    )
    if wrong:
        yield f"{where}: {value} is not a {kind}"


def check_references(module: Module, all_modules: Mapping[Path, Module]) -> Iterator[str]:
    """Names that nothing declares, attributes that the provider does not give."""
    declared = {resource.address: resource for resource in module.resources}
    code = module.code()
    for match in _REFERENCE.finditer(code):
        root, one = match["root"], match["one"]
        steps = re.findall(
            r"\.(\w+)", re.sub(r"\[[^\]\[]*(?:\[[^\]]*\][^\]]*)*\]", "", match["rest"])
        )
        if root == "var" and one not in module.variables:
            yield f"var.{one} is not declared"
        elif root == "local" and one not in module.locals:
            yield f"local.{one} is not declared"
        elif root == "module":
            yield from _output(module, all_modules, one, steps)
        elif root in ("data", "ephemeral"):
            yield from _attribute(declared, f"{root}.{one}.{steps[0]}", steps[1:])
        elif root.startswith("aws_"):
            yield from _attribute(declared, f"{root}.{one}", steps)
    for name in module.variables:
        if not re.search(rf"\bvar\.{name}\b", code):
            yield f"variable {name} is not used"


def check_templates(module: Module) -> Iterator[str]:
    """Text in which `$${` keeps a reference from being one."""
    for file, text in module.texts.items():
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(r"^[^#]*\$\$\{(var|local|module|data|each)\.", line):
                yield f"{file.name}:{number}: an escaped template: {line.strip()}"


def _attribute(declared: Mapping[str, Resource], address: str, steps: list[str]) -> Iterator[str]:
    if address not in declared:
        yield f"{address} is not declared"
        return
    found = type_of(declared[address])
    if found and steps and steps[0] not in {*found.attributes, *found.arguments}:
        yield f"{address} has no attribute {steps[0]}"


def _output(
    module: Module, all_modules: Mapping[Path, Module], name: str, steps: list[str]
) -> Iterator[str]:
    source = source_of(module, name, all_modules)
    if source is None:
        yield f"module.{name} is not declared"
    elif steps and steps[0] not in source.outputs:
        yield f"module.{name} has no output {steps[0]}"


def source_of(module: Module, call: str, all_modules: Mapping[Path, Module]) -> Module | None:
    """The folder that a module block names."""
    if call not in module.calls:
        return None
    source = literal(module.calls[call].arguments.get("source")) or "?"
    return all_modules.get((module.path / source).resolve())


def check_calls(module: Module, all_modules: Mapping[Path, Module]) -> Iterator[str]:
    """Inputs that the called module does not have, and required ones that are not given."""
    for call, body in module.calls.items():
        source = source_of(module, call, all_modules)
        if source is None:
            yield f"module.{call}: its source is not there"
            continue
        given = body.arguments.keys() - META - {"source", "providers"}
        for name in given - source.variables.keys():
            yield f"module.{call}: there is no variable {name}"
        for name, variable in source.variables.items():
            if "default" not in variable.arguments and name not in given:
                yield f"module.{call}: variable {name} is required"
