"""The WSGI application: Superset with its three accounts, `gunicorn application:create()`.

admin     everything
editor    makes and changes charts and dashboards, and may use SQL Lab
viewer    looks at what is there
Passwords come from SUPERSET_{ADMIN,EDITOR,VIEWER}_PASSWORD; an account without one is not made.

Superset lets only its owners change a chart or a dashboard, and an import is owned by the account
that imports, the administrator: the editor is made a second owner of these.
"""

import os
import shutil
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask_migrate import upgrade
from superset.app import create_app

_READ_ALL = ("all_datasource_access", "all_datasource_access")
# What Superset's own Gamma may besides looking.
_CHANGING = {
    *(("can_write", kind) for kind in ("Chart", "Dashboard", "Tag", "Theme")),
    *(("can_tag", kind) for kind in ("Chart", "Dashboard")),
    ("can_bulk_create", "Tag"),
}
_IMPORT = "ImportExportRestApi.import_"


def create() -> Flask:
    """The application, ready to be served."""
    seeded = place_seed()
    app = create_app()
    with app.app_context():
        if seeded is False:
            bring_up_to_date(app)
        ensure_accounts(app.appbuilder.sm)
        share(app.appbuilder.sm)
    app.after_request(lambda response: _imported(app, response))
    return app


def place_seed() -> bool | None:
    """Give a new installation the metadata made when Superset was installed (SUPERSET_SEED).

    True: they fit this Superset; False: they are another version's; None: nothing is seeded here.
    """
    seed, home = os.environ.get("SUPERSET_SEED"), Path(os.environ.get("SUPERSET_HOME", "."))
    if not seed:
        return None
    metadata, marker = home / "superset.db", home / "seeded-from"
    fits = not metadata.exists() or (marker.exists() and marker.read_text() == seed)
    if not metadata.exists():
        draft = home / "superset.db.new"
        shutil.copyfile(seed, draft)
        draft.chmod(0o600)
        draft.replace(metadata)
    marker.write_text(seed)
    return fits


def bring_up_to_date(app: Flask) -> None:
    """Migrate metadata of an earlier Superset, and its roles."""
    upgrade()
    app.appbuilder.add_permissions(update_perms=True)
    app.appbuilder.sm.sync_role_definitions()


def ensure_accounts(security: Any) -> None:  # noqa: ANN401 - Superset is not installed here
    """Make the roles and accounts as configured; a changed password is taken over."""
    viewers = security.add_role("Viewer")
    gamma = security.find_role("Gamma")
    reading = security.add_permission_view_menu(*_READ_ALL)
    wanted = [reading, *(p for p in gamma.permissions if _name(p) not in _CHANGING)]
    for permission in set(viewers.permissions) - set(wanted):
        security.del_permission_role(viewers, permission)
    for permission in set(wanted) - set(viewers.permissions):
        security.add_permission_role(viewers, permission)
    roles = {
        "admin": [security.find_role("Admin")],
        "editor": [security.find_role("Alpha"), security.find_role("sql_lab")],
        "viewer": [viewers],
    }
    for name, granted in roles.items():
        password = os.environ.get(f"SUPERSET_{name.upper()}_PASSWORD")
        if password:
            _ensure(security, _account(name), granted, password)


def share(security: Any) -> None:  # noqa: ANN401
    """Make the editor an owner of every chart and dashboard that the administrator owns."""
    from superset.models.dashboard import Dashboard  # noqa: PLC0415 - needs the application
    from superset.models.slice import Slice  # noqa: PLC0415

    from superset import db  # noqa: PLC0415

    admin, editor = (security.find_user(_account(name)) for name in ("admin", "editor"))
    if admin is None or editor is None:
        return
    for kind in (Slice, Dashboard):
        for found in db.session.query(kind).filter(kind.owners.contains(admin)):
            if editor not in found.owners:
                found.owners.append(editor)
    db.session.commit()


def _imported(app: Flask, response: Response) -> Response:
    if request.endpoint == _IMPORT and response.status_code < HTTPStatus.BAD_REQUEST:
        share(app.appbuilder.sm)
    return response


def _account(name: str) -> str:
    return os.environ.get(f"SUPERSET_{name.upper()}_USERNAME", name)


def _name(permission: Any) -> tuple[str, str]:  # noqa: ANN401
    return permission.permission.name, permission.view_menu.name


def _ensure(security: Any, name: str, roles: list[Any], password: str) -> None:  # noqa: ANN401
    user = security.find_user(name)
    if user is None:
        security.add_user(name, name.title(), "Headwater", f"{name}@localhost", roles, password)
    elif security.auth_user_db(name, password) is None:
        security.reset_password(user.id, password)
