"""Superset's configuration; what differs between installations comes from the environment.

SUPERSET_SECRET_KEY     signs sessions and encrypts the stored connection
SUPERSET_DATABASE_URI   Superset's own metadata
SUPERSET_ATLAS          TopoJSON of countries; with it, maps need no network
SUPERSET_TILES          URL template of other map tiles, offered beside ours
SUPERSET_BEHIND_TLS     1: a load balancer ends TLS in front of us
"""

import os

import basemap
import phone

BEHIND_TLS = os.environ.get("SUPERSET_BEHIND_TLS") == "1"
SECRET_KEY = os.environ["SUPERSET_SECRET_KEY"]
SQLALCHEMY_DATABASE_URI = os.environ["SUPERSET_DATABASE_URI"]
APP_NAME = "Headwater"

RATELIMIT_ENABLED = False
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = BEHIND_TLS
ENABLE_PROXY_FIX = BEHIND_TLS
FAB_ADD_SECURITY_API = True

FEATURE_FLAGS = {
    # The map turns its icons by a function in the chart. Only editors can write such functions.
    "ENABLE_JAVASCRIPT_CONTROLS": True,
    # Datasets with a partition a day ask for the days of the chosen range (superset/rendered).
    "ENABLE_TEMPLATE_PROCESSING": True,
    "ALERT_REPORTS": False,
}

BLUEPRINTS = [basemap.blueprint]
FLASK_APP_MUTATOR = phone.install
_TILES = os.environ.get("SUPERSET_TILES", "")
_TILE_SERVER = [_TILES.split("/{")[0]] if _TILES else []
DECKGL_BASE_MAP = [
    ["tile:///basemap/{z}/{x}/{y}.png", "Natural Earth, offline"],
    *([[f"tile://{_TILES}", "Tiles of your choice"]] if _TILES else []),
]

# A dashboard may ask again every ten seconds, and asks the lake, not a cache.
SUPERSET_DASHBOARD_PERIODICAL_REFRESH_LIMIT = 0
DASHBOARD_AUTO_REFRESH_MODE = "force"
DASHBOARD_AUTO_REFRESH_INTERVALS = [
    [0, "Don't refresh"],
    [10, "10 seconds"],
    [30, "30 seconds"],
    [60, "1 minute"],
    [300, "5 minutes"],
]
ROW_LIMIT = 10_000
SQLLAB_TIMEOUT = 60
SUPERSET_WEBSERVER_TIMEOUT = 60

# Nothing but this server is asked for anything.
_SELF = "'self'"
TALISMAN_ENABLED = True
CONTENT_SECURITY_POLICY_WARNING = False
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": [_SELF],
        "default-src": [_SELF],
        "img-src": [_SELF, "blob:", "data:", *_TILE_SERVER],
        "worker-src": [_SELF, "blob:"],
        "connect-src": [_SELF, "data:", *_TILE_SERVER],
        "object-src": ["'none'"],
        "style-src": [_SELF, "'unsafe-inline'"],
        "script-src": [_SELF, "'strict-dynamic'", "'unsafe-eval'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": BEHIND_TLS,
}
