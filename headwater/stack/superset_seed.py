"""Superset's empty metadata database, made once per installation.

Migrations and permissions take half a minute; a new stack then only copies a file.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from headwater.errors import StackError

if TYPE_CHECKING:
    from pathlib import Path

SEED = "seed.db"
_CONFIG = '''"""Only for making the seed."""
SECRET_KEY = "the seed holds no secret: every stack has a key of its own"
SQLALCHEMY_DATABASE_URI = "sqlite:///{database}?check_same_thread=false"
'''
_PROGRAM = """
from superset.app import create_app
app = create_app()
with app.app_context():
    from flask_migrate import upgrade
    from superset.extensions import appbuilder, security_manager
    upgrade()
    appbuilder.add_permissions(update_perms=True)
    security_manager.sync_role_definitions()
"""


def make(component: Path) -> None:
    """Write `seed.db` into an installed component: all tables, roles and permissions."""
    config = component / "seed_config.py"
    config.write_text(_CONFIG.format(database=component / SEED))
    done = subprocess.run(  # noqa: PLW1510 - the output belongs into the error
        [sys.executable, "-c", _PROGRAM],
        cwd=component,
        env=environment(component, config, component),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise StackError(
            f"Superset's metadata database could not be made: {done.stderr.strip()[-500:]}",
            remedy="run the command again; if it fails in the same way, that is a defect",
        )


def environment(component: Path, config: Path, home: Path) -> dict[str, str]:
    """What a process needs to be Superset; `home` is where it keeps its files."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "PYTHONPATH": os.pathsep.join((str(component / "site"), str(config.parent))),
        "SUPERSET_CONFIG_PATH": str(config),
        "SUPERSET_HOME": str(home),
        "FLASK_APP": "superset",
        "SCARF_ANALYTICS": "false",
    }
