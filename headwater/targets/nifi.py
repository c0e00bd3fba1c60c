"""NiFi: one process group and one parameter context for each feed.

render  nifi/flows/<feed>.json, a flow definition with the live defaults and without secrets
plan    what differs between the declared flows and those on the canvas, in structure, properties,
        schedules, parameters (secrets by fingerprint) and state
apply   parameters and pieces changed in place, while NiFi runs
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from headwater.connections import Aws, MySql
from headwater.errors import TargetError
from headwater.settings import OpenSky, Settings
from headwater.targets import _nifi_compare as compare
from headwater.targets import _nifi_flow as flows
from headwater.targets import _nifi_parameters as parameters
from headwater.targets._nifi_api import LARGE, NifiApi
from headwater.targets._nifi_parts import position, snapshot
from headwater.targets.base import Change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.feed.model import Feed
    from headwater.targets._nifi_parts import Part
    from headwater.targets.base import Context

MARK = "Made by Headwater"
"""Begins the comments of everything of ours: nothing else on the canvas is ever touched."""


class NifiTarget:
    """The flows of all feeds in one NiFi."""

    name = "nifi"

    def __init__(self, context: Context, api: NifiApi | None = None) -> None:
        self._context = context
        self._api = api or NifiApi(context.connections.nifi_url, context.connections.nifi_login)

    def render(self) -> Mapping[Path, str]:
        """One flow definition for each feed."""
        return {
            Path("nifi/flows") / f"{feed.feed}.json": _rendered(feed)
            for feed in self._context.feeds
        }

    def plan(self) -> list[Change]:
        """What differs, feed by feed, and groups of ours whose feed is gone."""
        groups, contexts = self._groups(), self._api.contexts()
        changes = []
        for feed in self._context.feeds:
            changes += self._plan(feed, groups.get(feed.feed), contexts)
        return [*changes, *(self._change("delete", name) for name in self._gone(groups))]

    def apply(self) -> list[Change]:
        """Make it so; nothing is done where nothing differs."""
        changes = self.plan()
        groups, contexts = self._groups(), self._api.contexts()
        for feed in self._context.feeds:
            if any(change.name.partition(":")[0] == feed.feed for change in changes):
                self._deploy(feed, groups.get(feed.feed), contexts)
        for name in self._gone(groups):
            self._api.delete_group(groups[name]["id"])
            context = self._api.contexts().get(f"headwater {name}")
            if context:
                self._api.delete_context(context)
        return changes

    def _plan(self, feed: Feed, group: Part | None, contexts: Mapping[str, Part]) -> list[Change]:
        if group is None:
            return [self._change("create", feed.feed, f"every {feed.every} s")]
        context = contexts.get(flows.context_name(feed))
        found = [
            self._change("update", f"{feed.feed}: parameter {name}", detail)
            for name, detail in self._stale_parameters(feed, context)
        ]
        lines = self._differences(self._group(feed), group["id"])
        bound = (group.get("parameterContext") or {}).get("id")
        if context is None or bound != context["id"]:
            lines.append("parameter context is not bound")
        processors = self._api.flow(group["id"])["processors"]
        lines += compare.idle(processors, self._api.services(group["id"]))
        return found + [self._change("update", f"{feed.feed}: flow", line) for line in lines]

    def _stale_parameters(self, feed: Feed, context: Part | None) -> list[tuple[str, str]]:
        existing = context["component"]["parameters"] if context else []
        found = {entry["parameter"]["name"]: entry["parameter"] for entry in existing}
        wanted = {part["name"]: part for part in self._parameters(feed)}
        stale = [
            (name, _told(found.get(name), part))
            for name, part in wanted.items()
            if not _same(part, found.get(name))
        ]
        return stale + [(name, "not declared") for name in found.keys() - wanted.keys()]

    def _deploy(self, feed: Feed, group: Part | None, contexts: Mapping[str, Part]) -> None:
        name, wanted = flows.context_name(feed), self._parameters(feed)
        content = parameters.context(name, wanted)
        context = contexts.get(name)
        if context is None:
            entries = [{"parameter": part} for part in wanted]
            context = self._api.create_context({**content, "parameters": entries})
        elif self._stale_parameters(feed, context):
            self._set_parameters(feed, context)
        wanted_group = self._group(feed)
        if group is None:
            place = position((0, LARGE / 8 * len(self._groups())))
            comments = wanted_group["comments"]
            group = self._api.create_group(feed.feed, comments, context["id"], place)
        elif (group.get("parameterContext") or {}).get("id") != context["id"]:
            self._api.bind_group(group, context["id"], wanted_group["comments"])
        self._replace(feed, wanted_group)
        self._forget_parameters(feed)
        self._api.start(group["id"])

    def _set_parameters(self, feed: Feed, context: Part) -> None:
        stale = {name for name, _ in self._stale_parameters(feed, context)}
        changed = [part for part in self._parameters(feed) if part["name"] in stale]
        if changed:
            self._api.update_context(context, changed)

    def _replace(self, feed: Feed, wanted: Part) -> None:
        group = self._groups()[feed.feed]
        if self._differences(wanted, group["id"]):
            content = parameters.context(flows.context_name(feed), [])
            self._api.replace(group, snapshot(wanted, content))

    def _differences(self, wanted: Part, group: str) -> list[str]:
        processors = self._api.flow(group)["processors"]
        defaults = compare.defaults_of(processors, self._api.services(group))
        return compare.differences(wanted, self._api.export(group), defaults)

    def _forget_parameters(self, feed: Feed) -> None:
        context = self._api.contexts()[flows.context_name(feed)]
        wanted = {part["name"] for part in self._parameters(feed)}
        existing = {entry["parameter"]["name"] for entry in context["component"]["parameters"]}
        if existing - wanted:
            self._api.update_context(context, [{"name": name} for name in existing - wanted])

    def _group(self, feed: Feed) -> Part:
        return flows.process_group(feed, signed_in=self._signed_in(feed))

    def _parameters(self, feed: Feed) -> list[Part]:
        connections, settings = self._context.connections, self._context.settings
        around = parameters.Surroundings(
            source=self._context.sources[feed.feed],
            simulator_url=connections.simulator_url,
            mysql=connections.mysql_nifi,
            database=settings.database,
            aws=connections.aws,
            account=settings.opensky,
        )
        found = parameters.parameters(feed, around, signed_in=self._signed_in(feed))
        return [parameter.deployed() for parameter in found]

    def _signed_in(self, feed: Feed) -> bool:
        account = self._context.settings.opensky
        known = bool(account.client_id and account.client_secret.get_secret_value())
        return known and bool(feed.request.auth and feed.request.auth.oauth2)

    def _groups(self) -> dict[str, Part]:
        """Our groups by name; a group of another owner with a feed's name is a conflict."""
        names = {feed.feed for feed in self._context.feeds}
        found = {}
        for group in self._api.root()["processGroups"]:
            name = group["component"]["name"]
            if (group["component"].get("comments") or "").startswith(MARK):
                found[name] = group
            elif name in names:
                raise TargetError(
                    f"NiFi: process group {name!r} exists and was not made by Headwater",
                    remedy="rename that group on the canvas, or rename the feed",
                )
        return found

    def _gone(self, groups: Mapping[str, Part]) -> list[str]:
        return sorted(groups.keys() - {feed.feed for feed in self._context.feeds})

    def _change(self, action: str, name: str, detail: str = "") -> Change:
        return Change(self.name, action, name, detail)  # type: ignore[arg-type]


def _same(wanted: Part, found: Part | None) -> bool:
    """Whether a parameter is as wanted; a secret's description tells by its fingerprint."""
    if found is None or found.get("description") != wanted["description"]:
        return False
    return bool(wanted["sensitive"]) or found.get("value") == wanted["value"]


def _told(found: Part | None, wanted: Part) -> str:
    if wanted["sensitive"]:
        return "set"
    return f"{found['value']} → {wanted['value']}" if found else f"set to {wanted['value']}"


def _rendered(feed: Feed) -> str:
    defaults = Settings.model_validate({})
    auth = feed.request.auth
    signed_in = bool(auth and auth.oauth2)
    around = parameters.Surroundings(
        source="live",
        simulator_url="",
        mysql=MySql("nifi", SecretStr(""), port=defaults.ports.mysql),
        database=defaults.database,
        aws=Aws(defaults.aws.region, defaults.aws.bucket, defaults.aws.workgroup),
        account=OpenSky.model_validate({}),
    )
    found = parameters.parameters(feed, around, signed_in=signed_in)
    context = parameters.context(
        flows.context_name(feed), [parameter.rendered() for parameter in found]
    )
    group = flows.process_group(feed, signed_in=signed_in)
    return json.dumps(snapshot(group, context), indent=1, ensure_ascii=False) + "\n"
