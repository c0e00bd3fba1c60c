"""Superset: dashboards over Athena SQL."""

from __future__ import annotations

import sys

from headwater.connections import SUPERSET_ADMIN
from headwater.errors import ServiceError
from headwater.stack import probes, superset_seed
from headwater.stack.service import Service, Site


def superset(site: Site) -> Service:
    """One worker with threads; its metadata are a SQLite file in the data folder."""
    bind = f"{site.bind}:{site.port('superset')}"
    return Service(
        name="superset",
        components=("node", "live-map", "superset"),
        command=(
            sys.executable,
            *("-m", "gunicorn", "--bind", bind, "--workers", "1", "--worker-class", "gthread"),
            *("--threads", "12", "--timeout", "120", "--log-level", "warning"),
            *("--worker-tmp-dir", str(site.data.of("superset"))),
            "application:create()",
        ),
        env=_environment(site),
        cwd=site.data.of("superset"),
        ports=site.ports("superset"),
        depends_on=("athena",),
        groups=("all",),
        prepare=lambda: prepare(site),
        probe=lambda: probes.http_ok(site.url("superset", "/health")),
        memory_mb=1050,
        stop_grace=10.0,
    )


def supported() -> bool:
    """Whether this Python can run it: what it is made of has no wheels for 3.13 yet."""
    return sys.version_info < (3, 13)


def prepare(site: Site) -> None:
    """Make its folder; it finds its empty metadata database by SUPERSET_SEED."""
    site.data.of("superset").mkdir(parents=True, exist_ok=True)


def _environment(site: Site) -> dict[str, str]:
    folder, component = site.data.of("superset"), site.home("superset")
    config = site.project.root / "superset" / "runtime" / "superset_config.py"
    if not config.exists():
        raise ServiceError(f"{config} is missing", remedy="run headwater in a whole checkout")
    secrets = site.secrets
    return {
        **site.base_env(),
        **superset_seed.environment(component, config, folder),
        "SUPERSET_SEED": str(component / superset_seed.SEED),
        "SUPERSET_SECRET_KEY": secrets.superset_key.get_secret_value(),
        "SUPERSET_DATABASE_URI": f"sqlite:///{folder / 'superset.db'}?check_same_thread=false",
        "SUPERSET_ADMIN_USERNAME": SUPERSET_ADMIN,
        "SUPERSET_ADMIN_PASSWORD": secrets.superset_admin.get_secret_value(),
        "SUPERSET_EDITOR_PASSWORD": secrets.superset_editor.get_secret_value(),
        "SUPERSET_VIEWER_PASSWORD": secrets.superset_viewer.get_secret_value(),
        "SUPERSET_ATLAS": str(site.home("live-map") / "atlas" / "countries-10m.json"),
    }
