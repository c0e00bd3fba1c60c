"""HTTP connections to the servers behind the endpoint: one session a thread, past any proxy."""

from __future__ import annotations

import threading

import requests


class Sessions(threading.local):
    """`session` is the thread's own."""

    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.trust_env = False
