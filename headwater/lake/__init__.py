"""The lake as SQL: client, local Athena endpoint, verify."""
