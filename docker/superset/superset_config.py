"""Superset behind a load balancer that ends TLS; everything else comes from the environment."""

import os
from urllib.parse import quote

SECRET_KEY = os.environ["SUPERSET_SECRET_KEY"]
SQLALCHEMY_DATABASE_URI = (
    f"postgresql+psycopg2://{os.environ['SUPERSET_DB_USER']}:"
    f"{quote(os.environ['SUPERSET_DB_PASSWORD'], safe='')}@{os.environ['SUPERSET_DB_HOST']}/"
    f"{os.environ['SUPERSET_DB_NAME']}?sslmode=require"
)
ENABLE_PROXY_FIX = True
SESSION_COOKIE_SECURE = True
TALISMAN_ENABLED = True
