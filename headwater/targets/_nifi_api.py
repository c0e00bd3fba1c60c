"""NiFi's REST API, through nipyapi's client: what this project asks of it, and no more."""

from __future__ import annotations

import json
import logging
import warnings
from typing import TYPE_CHECKING, Any

from headwater.clock import Clock
from headwater.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headwater.connections import Login
    from headwater.targets._nifi_parts import Part

POLL_S = 0.3
DEADLINE_S = 180.0
SETTLE_S = 30.0
"""Invalid for longer is invalid for good: services, parameters and relationships settle first."""
LARGE = 2000.0


class NifiApi:
    """One NiFi server."""

    def __init__(self, url: str, login: Login | None = None, clock: Clock | None = None) -> None:
        self._url = url
        self._login = login
        self._clock = clock or Clock()
        self._client: Any = None

    def root(self) -> Part:
        """The flow of the outermost group: its groups, and what each is."""
        return self._flow("root")

    def flow(self, group: str) -> Part:
        """A group's pieces as they run, each with its state."""
        return self._flow(group)

    def export(self, group: str) -> Part:
        """A group as a flow definition."""
        contents = self._call("GET", f"/process-groups/{group}/download")["flowContents"]
        return dict(contents)

    def contexts(self) -> dict[str, Part]:
        """Parameter contexts by name."""
        found = self._call("GET", "/flow/parameter-contexts")["parameterContexts"]
        return {entry["component"]["name"]: entry for entry in found}

    def create_context(self, content: Part) -> Part:
        """Make a parameter context."""
        body = {"revision": {"version": 0}, "component": content}
        return self._call("POST", "/parameter-contexts", body)

    def update_context(self, context: Part, parameters: Sequence[Part]) -> None:
        """Change parameters; NiFi stops and restarts just what refers to them."""
        component = {
            "id": context["id"],
            "name": context["component"]["name"],
            "parameters": [{"parameter": parameter} for parameter in parameters],
        }
        body = {"id": context["id"], "revision": self._revision(context), "component": component}
        self._request(f"/parameter-contexts/{context['id']}/update-requests", body)

    def delete_context(self, context: Part) -> None:
        """Remove a parameter context that no group uses."""
        self._call("DELETE", f"/parameter-contexts/{context['id']}{_at(context)}")

    def create_group(self, name: str, comments: str, context: str, at: Part) -> Part:
        """Make an empty group, bound to a parameter context."""
        body = {"revision": {"version": 0}, "component": {
            "name": name, "comments": comments, "position": at, "parameterContext": {"id": context},
        }}  # fmt: skip
        return self._call("POST", "/process-groups/root/process-groups", body)

    def bind_group(self, group: Part, context: str, comments: str) -> None:
        """Bind a group to a parameter context."""
        component = {
            "id": group["id"],
            "comments": comments,
            "parameterContext": {"id": context},
        }
        body = {"revision": self._revision(group), "component": component}
        self._call("PUT", f"/process-groups/{group['id']}", body)

    def replace(self, group: Part, snapshot: Part) -> None:
        """Make a group's pieces those of a flow definition; what stays keeps its queues."""
        body = {
            "processGroupRevision": self._revision(group),
            "versionedFlowSnapshot": snapshot,
        }
        self._request(f"/process-groups/{group['id']}/replace-requests", body)

    def delete_group(self, group: str) -> None:
        """Stop a group, drop what is queued in it, and remove it."""
        self.schedule(group, "STOPPED")
        for processor in self._flow(group)["processors"]:
            # An invalid one may still wait to be started, and counts as running without saying so.
            if processor["status"]["runStatus"] == "Invalid":
                body = {"revision": self._revision(processor), "state": "STOPPED"}
                self._call("PUT", f"/processors/{processor['id']}/run-status", body)
        self._services(group, "DISABLED")
        self.wait("every processor to stop", lambda: not self._busy(group))
        self._request(f"/process-groups/{group}/empty-all-connections-requests", None)
        entity = self._call("GET", f"/process-groups/{group}")
        self._call("DELETE", f"/process-groups/{group}{_at(entity)}")

    def start(self, group: str) -> None:
        """Enable the services, wait until everything is valid, and start it."""
        if self._flow_services(group):
            self._services(group, "ENABLED")
        patience_ends = self._clock.now() + SETTLE_S
        self.wait("the processors to become valid", lambda: self._valid(group, patience_ends))
        self.schedule(group, "RUNNING")
        self.wait("the processors to run", lambda: not self._idle(group))

    def schedule(self, group: str, state: str) -> None:
        """Start or stop every processor of a group."""
        self._call("PUT", f"/flow/process-groups/{group}", {"id": group, "state": state})

    def wait(self, for_what: str, done: Callable[[], bool]) -> None:
        """Ask again until it is so; raises TargetError with what NiFi complains of."""
        end = self._clock.now() + DEADLINE_S
        while not done():
            if self._clock.now() > end:
                raise TargetError(
                    f"NiFi: waited {DEADLINE_S:.0f} s for {for_what}",
                    remedy=f"look at the canvas, {self._url}/nifi/, and at `headwater logs nifi`",
                )
            self._clock.sleep(POLL_S)

    def _services(self, group: str, state: str) -> None:
        path = f"/flow/process-groups/{group}/controller-services"
        self._call("PUT", path, {"id": group, "state": state})

    def _flow_services(self, group: str) -> list[Part]:
        found = self._call("GET", f"/flow/process-groups/{group}/controller-services")
        return list(found["controllerServices"])

    def services(self, group: str) -> list[Part]:
        """The controller services of a group itself."""
        return [s for s in self._flow_services(group) if s["parentGroupId"] == group]

    def _valid(self, group: str, patience_ends: float) -> bool:
        found = self._flow(group)["processors"]
        waiting = [p for p in found if p["component"]["validationStatus"] != "VALID"]
        lasting = [p["component"] for p in waiting if not _beginning(p)]
        if lasting and self._clock.now() > patience_ends:
            why = "; ".join(lasting[0]["validationErrors"])
            raise TargetError(
                f"NiFi: processor {lasting[0]['name']!r} is invalid: {why}",
                remedy=f"see the canvas, {self._url}/nifi/; then run `headwater apply` again",
            )
        return not waiting

    def _idle(self, group: str) -> list[str]:
        found = self._flow(group)["processors"]
        return [p["id"] for p in found if p["status"]["runStatus"] != "Running"]

    def _busy(self, group: str) -> bool:
        found = [p["status"] for p in self._flow(group)["processors"]]
        running = any(s["runStatus"] in {"Running", "Stopping"} for s in found)
        active = any(s["aggregateSnapshot"]["activeThreadCount"] for s in found)
        enabled = any(s["component"]["state"] != "DISABLED" for s in self._flow_services(group))
        return running or active or enabled

    def _flow(self, group: str) -> Part:
        return dict(self._call("GET", f"/flow/process-groups/{group}")["processGroupFlow"]["flow"])

    def _revision(self, entity: Part) -> Part:
        return {"version": entity["revision"]["version"], "clientId": "headwater"}

    def _request(self, path: str, body: Part | None) -> None:
        """NiFi's long operations: submit, watch, and take the request away again."""
        request = self._call("POST", path, body)
        kind = next(name for name in ("request", "dropRequest") if name in request)
        place = request[kind]["uri"].partition("/nifi-api")[2]
        final: list[Part] = []

        def done() -> bool:
            final[:] = [self._call("GET", place)[kind]]
            return bool(final[0].get("complete") or final[0].get("finished"))

        try:
            self.wait(path.rsplit("/", 1)[-1], done)
        finally:
            self._call("DELETE", f"{place}?disconnectedNodeAcknowledged=false")
        if final[0].get("failureReason"):
            raise TargetError(f"NiFi refused: {final[0]['failureReason']}")

    def _call(self, method: str, path: str, body: Part | None = None) -> Part:
        self._client = self._client or _client(self._url, self._login)
        from nipyapi.nifi.rest import ApiException  # noqa: PLC0415 - heavy

        place, _, query = path.partition("?")
        try:
            answer = self._client.call_api(
                place, method, {}, dict(pair.split("=") for pair in query.split("&") if pair),
                {"Accept": "application/json", "Content-Type": "application/json"},
                body=body, response_type="object", auth_settings=["tokenAuth"],
                _return_http_data_only=True,
            )  # fmt: skip
        except ApiException as error:
            raise TargetError(f"NiFi: {method} {place}: {error.status}: {_said(error)}") from error
        except Exception as error:
            raise TargetError(
                f"NiFi does not answer at {self._url}: {error}", remedy="`headwater up` starts it"
            ) from error
        return answer if isinstance(answer, dict) else {"text": answer}


def _token(url: str, login: Login) -> str:
    """Sign in; NiFi's token lasts for hours, a command for minutes."""
    import requests  # noqa: PLC0415 - only on AWS

    form = {"username": login.user, "password": login.password.get_secret_value()}
    try:
        answer = requests.post(f"{url}/nifi-api/access/token", data=form, timeout=30)
        answer.raise_for_status()
    except requests.RequestException as error:
        raise TargetError(
            f"NiFi at {url} refused the login of {login.user}: {error}",
            remedy="is this machine among the visitors or operators of docs/aws.md?",
        ) from error
    return answer.text


def _client(url: str, login: Login | None) -> Any:  # noqa: ANN401 - nipyapi is untyped
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import nipyapi  # noqa: PLC0415 - a second to import

    for name in ("nipyapi", "urllib3"):
        logging.getLogger(name).setLevel(logging.ERROR)
    nipyapi.config.nifi_config.host = f"{url}/nifi-api"
    client = nipyapi.nifi.ProcessGroupsApi().api_client
    if login is not None:
        client.set_default_header("Authorization", f"Bearer {_token(url, login)}")
    return client


def _said(error: Any) -> str:  # noqa: ANN401 - nipyapi is untyped
    body = error.body or error.reason or ""
    text = body.decode(errors="replace") if isinstance(body, bytes) else str(body)
    try:
        return str(json.loads(text).get("message", text))
    except (ValueError, AttributeError):
        return text.strip()


def _at(entity: Part) -> str:
    return f"?version={entity['revision']['version']}&clientId=headwater"


def _beginning(processor: Part) -> bool:
    """Whether NiFi still validates it, or starts its Python."""
    errors = processor["component"].get("validationErrors") or []
    return processor["component"]["validationStatus"] == "VALIDATING" or any(
        "Initializing runtime environment" in error for error in errors
    )
