"""Rules that need the file and the repository only."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from headwater import __version__
from headwater.cli.main import cli
from headwater.settings import PREFIX, env_name, names
from headwater.stack.catalog import COMPONENTS
from headwater.stack.package import EXTENSIONS
from support import packages
from support.compose.document import Document, instructions, is_once, mounts

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = "check_jsonschema/builtin_schemas/vendor/compose-spec.json"
_PINNED = re.compile(r"^[a-z0-9./-]+:[a-z0-9.-]*\d[a-z0-9.-]*$")
_SECRET = re.compile(r"pass|secret|token|credential|access_key|private", re.IGNORECASE)
_OFFICIAL = {
    "kafka": "apache/kafka:{}",
    "nifi": "apache/nifi:{}",
    "trino": "trinodb/trino:{}",
    "s3proxy": "andrewgaul/s3proxy:s3proxy-{}",
    "moto": "motoserver/moto:{}",
}


def specification(document: Document) -> Iterator[str]:
    """The file follows the compose specification."""
    folder = packages.installed("compose/requirements/specification.txt")
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(document.content, file)
        file.flush()
        how = ("jsonschema", "--error-format", "{error.message}\n", "-i", file.name)
        done = packages.run(folder, *how, str(folder / SCHEMA))
    if done.returncode:
        yield f"specification: {done.stdout}{done.stderr}"


def sources(document: Document) -> Iterator[str]:
    """What is mounted, built from or copied exists."""
    for name, service in document.services.items():
        for source, _ in mounts(service):
            if source.startswith("."):
                if not (document.root / source).exists():
                    yield f"{name}: mounts {source}, which is not there"
            elif source not in document.content["volumes"]:
                yield f"{name}: there is no volume {source}"
    for dockerfile in document.dockerfiles:
        if not dockerfile.is_file():
            yield f"there is no {dockerfile.relative_to(document.root)}"


def copies(dockerfile: Path, root: Path) -> Iterator[str]:
    """What a Dockerfile copies from the checkout is there, and .dockerignore lets it through."""
    ignored = (root / ".dockerignore").read_text().splitlines()
    for word, rest in instructions(dockerfile):
        if word != "COPY" or "--from=" in rest:
            continue
        for source in [part for part in rest.split() if not part.startswith("--")][:-1]:
            made = source == f"dist/{EXTENSIONS}"  # by `make package`
            if not made and not (root / source).exists():
                yield f"{dockerfile.parent.name}: copies {source}, which is not there"
            if source != "." and not {f"!{source}", f"!{source.split('/')[0]}"} & set(ignored):
                yield f"{dockerfile.parent.name}: .dockerignore keeps {source} out"


def variables(document: Document) -> Iterator[str]:
    """Every variable of ours is one that the program reads."""
    known = {env_name(name) for name, _, _ in names()}
    found = [
        (name, variable)
        for name, service in document.services.items()
        for variable in service.get("environment", {})
    ]
    for dockerfile in document.dockerfiles:
        for word, rest in instructions(dockerfile):
            if word == "ENV":
                found += [(dockerfile.parent.name, pair.split("=")[0]) for pair in rest.split()]
    for name, variable in found:
        if variable.startswith(PREFIX) and variable not in known:
            yield f"{name}: nothing reads {variable}"


def commands(document: Document) -> Iterator[str]:
    """What is run exists: a command of ours, a module of ours, or a script that `init` writes."""
    for name, service in document.services.items():
        entry, command = service.get("entrypoint"), service.get("command", [])
        if entry is None:
            yield from _command_of_ours(name, command)
        elif entry[0] == "sh":
            targets = [target for _, target in mounts(service)]
            if entry[1:] != [f"/data/{name}/start"]:
                yield f"{name}: starts with {entry}, but `init` writes /data/{name}/start"
            if not any(f"/data/{name}".startswith(target) for target in targets):
                yield f"{name}: the volume with its script is not mounted"
        elif not (document.root / f"{entry[-1].replace('.', '/')}.py").is_file():
            yield f"{name}: there is no module {entry[-1]}"


def _command_of_ours(name: str, command: list[str]) -> Iterator[str]:
    if not command:
        return
    found = cli.commands.get(command[0])
    if found is None:
        yield f"{name}: there is no command {command[0]}"
        return
    flags = {flag for p in found.params if isinstance(p, click.Option) for flag in p.opts}
    yield from (f"{name}: {command[0]} has no {flag}" for flag in set(command[1:]) - flags)


def pinned(document: Document) -> Iterator[str]:
    """Every image has an exact version, that of the component where we have one, too."""
    images = {name: service["image"] for name, service in document.services.items()}
    for dockerfile in document.dockerfiles:
        bases = [rest.split()[0] for word, rest in instructions(dockerfile) if word == "FROM"]
        images.update({f"{dockerfile.parent.name} ({base})": base for base in bases})
    for name, image in images.items():
        if not _PINNED.match(image) or image.endswith("latest"):
            yield f"{name}: {image} has no exact version"
        if image.startswith("headwater/") and not image.endswith(f":{__version__}"):
            yield f"{name}: {image} is not of version {__version__}"
    for component, pattern in _OFFICIAL.items():
        wanted = pattern.format(COMPONENTS[component].version)
        if wanted not in images.values():
            yield f"{component}: no service runs {wanted}"


def safety(document: Document) -> Iterator[str]:
    """Loopback only, nobody is root, nothing gains rights, no secret is written down."""
    for name, service in document.services.items():
        for port in service.get("ports", ()):
            if not str(port).startswith("127.0.0.1:"):
                yield f"{name}: port {port} is open beyond loopback"
        user = str(service.get("user", ""))
        if not user or user.split(":", maxsplit=1)[0] in {"0", "root"}:
            yield f"{name}: runs as root"
        if service.get("cap_drop") != ["ALL"] or service.get("privileged"):
            yield f"{name}: keeps rights of root"
        if "no-new-privileges:true" not in service.get("security_opt", ()):
            yield f"{name}: may gain rights"
        secret = [key for key in service.get("environment", {}) if _SECRET.search(key)]
        yield from (f"{name}: {key} stands in plain text" for key in secret)


def watched(document: Document) -> Iterator[str]:
    """Every server has a health check and a memory bound; what runs once has a bound."""
    for name, service in document.services.items():
        if not re.fullmatch(r"\d+m", str(service.get("mem_limit", ""))):
            yield f"{name}: no memory limit"
        if not is_once(service) and "test" not in service.get("healthcheck", {}):
            yield f"{name}: no health check"


ALL = (sources, variables, commands, pinned, safety, watched)
