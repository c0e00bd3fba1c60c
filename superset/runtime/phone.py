"""Dashboards on a phone, for who only looks: as wide as the screen, one chart below the other.

Superset lays a dashboard out in twelve columns however narrow the screen is, and has a phone draw
it as small as a desktop's. Who may change dashboards gets what is stored, there too: what is saved
is what is shown.
"""

import json

from flask import Flask, Response, g, request
from jinja2 import ChoiceLoader, DictLoader
from stacking import stacked

# Superset's menu takes a third of the screen there, and who made a dashboard is wider than it.
_HEAD = """{% if narrow() %}
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
[data-test="navbar-top"] { display: flex !important; border: 0 !important; }
[data-test="navbar-top"] > li { width: auto !important; padding: 0 12px !important; }
[data-test="metadata-bar"] { display: none !important; }
</style>
{% endif %}"""


def install(app: Flask) -> None:
    """Superset's FLASK_APP_MUTATOR."""
    head = DictLoader({"head_custom_extra.html": _HEAD})  # Superset's own is an empty place for it
    app.jinja_loader = ChoiceLoader([head, app.jinja_loader])
    app.jinja_env.globals["narrow"] = narrow
    app.after_request(_answer)


def narrow() -> bool:
    """Whether a phone asks, for somebody who only looks."""
    if "Mobi" not in request.headers.get("User-Agent", ""):
        return False
    from superset import security_manager  # noqa: PLC0415 - needs the application

    nobody = getattr(g, "user", None) is None
    return nobody or not security_manager.can_access("can_write", "Dashboard")


def _answer(response: Response) -> Response:
    if request.endpoint == "DashboardRestApi.get" and response.is_json and narrow():
        document = response.get_json()
        layout = document.get("result", {}).get("position_json")
        if layout:
            document["result"]["position_json"] = json.dumps(stacked(json.loads(layout)))
            response.set_data(json.dumps(document))
    return response
