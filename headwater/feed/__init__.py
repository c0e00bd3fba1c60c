"""The model of a feed, and the pure transform of a response into rows.

Two halves. `model`, `load`, `checks` read and check the YAML declaration (pydantic, PyYAML).
`transform` and what it imports (`spec`, `body`, `expressions`, `casts`, `jsontext`, `sqltypes`,
and `headwater.errors`) need the standard library and `jmespath` only, because they run inside
NiFi's Python. Nothing is imported here, so that the second half never pulls in the first.
"""
