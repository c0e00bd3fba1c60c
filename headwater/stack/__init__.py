"""The local stack: components (what to install), services (how to start), the supervisor."""
