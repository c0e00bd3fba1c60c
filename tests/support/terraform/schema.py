"""The AWS provider's schema, read from the JavaScript that CDKTF generated from it.

A module of that package (`lib/s3-bucket/`) holds, for a resource and for each of its blocks, a
function that names every argument with its kind (index.js), an interface that says which ones are
required (index.d.ts), and a class with the attributes that can be referred to (index.js).
"""

from __future__ import annotations

import io
import json
import re
import tarfile
import zipfile
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from support import packages
from support.terraform import tools

if TYPE_CHECKING:
    from collections.abc import Iterable

_ATTRIBUTE = re.compile(
    r"(\w+): \{\s*value: (?P<value>[^\n]*),\n\s*isBlock: (?P<block>\w+),"
    r'\s*type: "(?P<type>\w+)",\s*storageClassType: "(?P<class>\w+)"'
)
_STRUCT = re.compile(
    r"^function (\w+)ToHclTerraform\(struct\) \{(.*?)^\}", re.DOTALL | re.MULTILINE
)
_TOP = re.compile(r"synthesizeHclAttributes\(\) \{(.*?)^    \}", re.DOTALL | re.MULTILINE)
_CLASS = re.compile(r"^class (\w+) extends [\w.]+ \{(.*?)^\}", re.DOTALL | re.MULTILINE)
_INTERFACE = re.compile(r"^export interface (\w+)[^{]*\{(.*?)^\}", re.DOTALL | re.MULTILINE)
_PROPERTY = re.compile(r"#(\w+) [\w#]+\}(?:(?!\*/).)*\*/\s*readonly \w+(\??):", re.DOTALL)
_READABLE = re.compile(r"""(?:Attribute\('|new \w+\(this, ")(\w+)""")
_NESTED = re.compile(r"(\w+)ToHclTerraform")
_VERSION = re.compile(r"providerVersion: '([\d.]+)'")


@dataclass(frozen=True)
class Argument:
    """One argument; `block` names the nested block's struct, `many` whether it may repeat."""

    required: bool
    kind: str
    block: str = ""
    many: bool = False


@dataclass(frozen=True)
class Type:
    """A resource or data source: its arguments, those of its blocks, what can be read of it."""

    provider: str
    arguments: dict[str, Argument]
    blocks: dict[str, dict[str, Argument]] = field(default_factory=dict)
    attributes: tuple[str, ...] = ()


def load(names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Type]:
    """Types by (mode, name), such as ("resource", "aws_vpc"); unknown ones are left out.

    Each is extracted once into the cache; only if one is missing there the package is opened.
    """
    wanted = set(names)
    folder = packages.cache() / "aws-schema-21.22.1"
    folder.mkdir(exist_ok=True)
    paths = {name: folder / f"{name[0]}.{name[1]}.json" for name in wanted}
    missing = {name for name, path in paths.items() if not path.exists()}
    for name, document in _extract(missing).items():
        paths[name].write_text(json.dumps(document))
    return {
        name: _from_json(json.loads(path.read_text()))
        for name, path in paths.items()
        if path.exists()
    }


def _extract(names: set[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
    if not names:
        return {}
    folders = {_folder(*name): name for name in names}
    sources: dict[tuple[str, str], dict[str, str]] = {name: {} for name in names}
    with zipfile.ZipFile(tools.wheel_of_the_schema()) as wheel:
        (inner,) = (name for name in wheel.namelist() if name.endswith(".jsii.tgz"))
        with tarfile.open(fileobj=io.BytesIO(wheel.read(inner)), mode="r|gz") as archive:
            for member in archive:
                _, _, path = member.name.partition("package/lib/")
                module, _, file = path.partition("/")
                content = archive.extractfile(member) if module in folders else None
                if content is not None and file.endswith((".js", ".d.ts")):
                    sources[folders[module]][file] = content.read().decode()
    return {name: _parse(files) for name, files in sources.items() if files}


def _folder(mode: str, name: str) -> str:
    stem = name.removeprefix("aws_").replace("_", "-")
    return f"data-aws-{stem}" if mode == "data" else stem


def _parse(files: dict[str, str]) -> dict[str, Any]:
    script = "\n".join(text for name, text in files.items() if name.endswith(".js"))
    types = "\n".join(text for name, text in files.items() if name.endswith(".d.ts"))
    required = {
        name: {argument for argument, optional in _PROPERTY.findall(body) if not optional}
        for name, body in _INTERFACE.findall(types)
    }
    top = _TOP.search(script)
    version = _VERSION.search(script)
    assert top is not None, "the package has another form than expected"
    assert version is not None, "the package does not say which provider it is of"
    config = next(name for name in required if name.endswith("Config") and name + " ext" in types)
    blocks = {
        name[0].upper() + name[1:]: _arguments(
            body, required.get(name[0].upper() + name[1:], set())
        )
        for name, body in _STRUCT.findall(script)
    }
    main = config.removesuffix("Config")
    body = next(body for name, body in _CLASS.findall(script) if name == main)
    return {
        "provider": version[1],
        "arguments": _arguments(top[1], required[config]),
        "blocks": blocks,
        "attributes": sorted(set(_READABLE.findall(body))),
    }


def _arguments(body: str, required: set[str]) -> dict[str, dict[str, Any]]:
    found = {}
    for match in _ATTRIBUTE.finditer(body):
        nested = _NESTED.search(match["value"])
        is_struct = bool(nested) and not match["value"].startswith("cdktf.string")
        struct = nested[1] if nested and is_struct and not nested[1].startswith("cdktf") else ""
        found[match[1]] = {
            "required": match[1] in required,
            "kind": match["class"] if match["block"] == "false" else "block",
            "block": (struct[0].upper() + struct[1:])
            if match["block"] == "true" and struct
            else "",
            "many": "listMapperHcl" in match["value"],
        }
    return found


def _from_json(document: dict[str, Any]) -> Type:
    def arguments(found: dict[str, Any]) -> dict[str, Argument]:
        return {name: Argument(**values) for name, values in found.items()}

    return Type(
        provider=document["provider"],
        arguments=arguments(document["arguments"]),
        blocks={name: arguments(found) for name, found in document["blocks"].items()},
        attributes=tuple(document["attributes"]),
    )


@cache
def known(mode: str, name: str) -> Type | None:
    """One type, None where the provider has none."""
    return load({(mode, name)}).get((mode, name))
