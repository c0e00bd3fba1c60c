"""From any public JSON API, or any MySQL table, to a live lakehouse and its dashboards."""

__version__ = "0.1.0"
