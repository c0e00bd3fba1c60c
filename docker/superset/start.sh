#!/usr/bin/env bash
# Brings Superset's database up to date and serves; the accounts are made when the workers start.
set -euo pipefail
password=$(python -c 'import os, urllib.parse; print(urllib.parse.quote(os.environ["SUPERSET_DB_PASSWORD"], safe=""))')
export SUPERSET_DATABASE_URI="postgresql+psycopg2://$SUPERSET_DB_USER:$password@$SUPERSET_DB_HOST/$SUPERSET_DB_NAME?sslmode=require"
export SUPERSET_BEHIND_TLS=1
superset db upgrade
superset init
exec gunicorn --bind 0.0.0.0:8088 --workers 4 --preload --worker-class gthread --threads 8 --timeout 120 "application:create()"
