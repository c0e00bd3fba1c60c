#!/usr/bin/env bash
# Brings Superset's database up to date, makes the administrator, serves.
set -euo pipefail
superset db upgrade
superset init
python - <<'PYTHON' # not `superset fab create-admin`: the password stays out of argument lists
import os

from superset.app import create_app

app = create_app()
with app.app_context():
    users = app.appbuilder.sm
    name = os.environ["SUPERSET_ADMIN_USERNAME"]
    if users.find_user(name) is None:
        role = users.find_role("Admin")
        password = os.environ["SUPERSET_ADMIN_PASSWORD"]
        users.add_user(name, "Headwater", "Admin", f"{name}@localhost", role, password)
PYTHON
exec gunicorn --bind 0.0.0.0:8088 --workers 4 --timeout 120 "superset.app:create_app()"
