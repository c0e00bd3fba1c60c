"""Deployment as desired state: one module per foreign format, each with render, observe, apply."""
