"""The model of a feed, and the pure transform of a response into rows.

Two halves. `model`, `load`, `checks` and their like read and check the YAML declaration, with
pydantic and PyYAML. The transform and what it imports need the standard library and `jmespath`
only, because they run inside NiFi's Python: RUNTIME names them. Nothing is imported here, so that
the second half never pulls in the first.
"""

RUNTIME = (
    "headwater/__init__.py",
    "headwater/errors.py",
    "headwater/feed/__init__.py",
    "headwater/feed/body.py",
    "headwater/feed/casts.py",
    "headwater/feed/exact.py",
    "headwater/feed/expressions.py",
    "headwater/feed/jsontext.py",
    "headwater/feed/parsing.py",
    "headwater/feed/result.py",
    "headwater/feed/spec.py",
    "headwater/feed/sqltypes.py",
    "headwater/feed/transform.py",
)
"""The files that the transform consists of, below the root of the project; beside them only
`jmespath` is needed."""
