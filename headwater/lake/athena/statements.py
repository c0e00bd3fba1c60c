"""What kind of statement a text is; the few that Athena answers from Glue are taken apart here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

DML, DDL, UTILITY = "DML", "DDL", "UTILITY"

_LEADING = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)
_KINDS = {
    "SELECT": DML, "WITH": DML, "VALUES": DML, "TABLE": DML, "(": DML,
    "INSERT": DML, "UPDATE": DML, "DELETE": DML, "MERGE": DML, "UNLOAD": DML, "EXECUTE": DML,
    "SHOW": UTILITY, "DESCRIBE": UTILITY, "DESC": UTILITY, "EXPLAIN": UTILITY,
    "CREATE": DDL, "DROP": DDL, "ALTER": DDL, "MSCK": DDL, "TRUNCATE": DDL,
    "PREPARE": DDL, "DEALLOCATE": DDL,
}  # fmt: skip
_CTAS = re.compile(
    r"CREATE\s+TABLE\b.*?\bAS\s*\(?\s*(?:SELECT|WITH|VALUES)\b", re.IGNORECASE | re.DOTALL
)

_NAME = r'(?:`[^`]+`|"[^"]+"|\w+)'
_PATH = rf"(?P<name>{_NAME}(?:\s*\.\s*{_NAME}){{0,2}})"
_LIKE = r"(?:\s+(?:LIKE\s+)?'(?P<pattern>[^']*)')?"
_OF = rf"\s+(?:IN|FROM)\s+{_PATH}"
_COMMANDS = {
    "show_databases": rf"SHOW\s+(?:DATABASES|SCHEMAS){_LIKE}",
    "show_tables": rf"SHOW\s+TABLES(?:{_OF})?{_LIKE}",
    "show_views": rf"SHOW\s+VIEWS(?:{_OF})?{_LIKE}",
    "show_partitions": rf"SHOW\s+PARTITIONS\s+{_PATH}",
    "show_columns": rf"SHOW\s+COLUMNS(?:{_OF})(?:\s+(?:IN|FROM)\s+(?P<database>{_NAME}))?",
    "show_properties": rf"SHOW\s+TBLPROPERTIES\s+{_PATH}(?:\s*\(\s*'(?P<property>[^']+)'\s*\))?",
    "show_create_table": rf"SHOW\s+CREATE\s+TABLE\s+{_PATH}",
    "describe": rf"DESC(?:RIBE)?\s+(?P<detail>EXTENDED\s+|FORMATTED\s+)?{_PATH}",
    "create_database": rf"CREATE\s+(?:DATABASE|SCHEMA)\s+(?P<unless>IF\s+NOT\s+EXISTS\s+)?{_PATH}"
    r"(?:\s+COMMENT\s+'(?P<comment>[^']*)')?(?:\s+LOCATION\s+'(?P<location>[^']*)')?"
    r"(?:\s+WITH\s+DBPROPERTIES\s*\(.*\))?",
    "drop_database": rf"DROP\s+(?:DATABASE|SCHEMA)\s+(?P<unless>IF\s+EXISTS\s+)?{_PATH}"
    r"(?:\s+(?P<cascade>CASCADE)|\s+RESTRICT)?",
    "drop_table": rf"DROP\s+TABLE\s+(?P<unless>IF\s+EXISTS\s+)?{_PATH}(?:\s+PURGE)?",
    "repair_table": rf"MSCK\s+REPAIR\s+TABLE\s+{_PATH}",
    "create_table": rf"CREATE\s+(?:EXTERNAL\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_PATH}\b.*",
    "alter_table": rf"ALTER\s+TABLE\s+{_PATH}.*",
}
_PATTERNS = {name: re.compile(text, re.IGNORECASE | re.DOTALL) for name, text in _COMMANDS.items()}
_EXECUTE = re.compile(
    rf"EXECUTE\s+(?P<name>{_NAME})(?:\s+USING\s+(?P<values>.*))?", re.IGNORECASE | re.DOTALL
)
_PREPARE = re.compile(
    rf"PREPARE\s+(?P<name>{_NAME})\s+FROM\s+(?P<body>.*)", re.IGNORECASE | re.DOTALL
)
_DEALLOCATE = re.compile(rf"DEALLOCATE\s+PREPARE\s+(?P<name>{_NAME})", re.IGNORECASE)


@dataclass(frozen=True)
class Command:
    """A statement that is answered from Glue: which one, on what, with which options."""

    action: str
    path: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)


def bare(sql: str) -> str:
    """The statement without leading comments, surrounding space and one closing semicolon."""
    start = _LEADING.match(sql)
    return sql[start.end() if start else 0 :].strip().removesuffix(";").rstrip()


def kind_of(sql: str) -> str:
    """DML, DDL or UTILITY."""
    text = bare(sql)
    if text.startswith("("):
        return DML
    word = re.match(r"\w+", text)
    kind = _KINDS.get(word.group().upper() if word else "", DML)
    return DML if kind == DDL and _CTAS.match(text) else kind


def command_of(sql: str) -> Command | None:
    """The statement as a command on Glue, or None where it is the engine's."""
    text = bare(sql)
    for action, pattern in _PATTERNS.items():
        match = pattern.fullmatch(text)
        if match:
            groups = match.groupdict()
            path = names(groups.pop("name", None) or "")
            return Command(action, path, {k: v for k, v in groups.items() if v is not None})
    return None


def names(path: str) -> tuple[str, ...]:
    """`a."b"` as ('a', 'b'); Glue's names are in lower case."""
    return tuple(unquote(part) for part in re.findall(_NAME, path))


def unquote(name: str) -> str:
    """A name without its quotes, in lower case."""
    return name.strip('`"').lower()


def execution_of(sql: str) -> tuple[str, str] | None:
    """Name and values of EXECUTE name [USING values]."""
    match = _EXECUTE.fullmatch(bare(sql))
    if match is None or match["name"].upper() == "IMMEDIATE":
        return None
    return unquote(match["name"]), match["values"] or ""


def preparation_of(sql: str) -> tuple[str, str] | None:
    """Name and statement of PREPARE name FROM statement."""
    match = _PREPARE.fullmatch(bare(sql))
    return (unquote(match["name"]), match["body"]) if match else None


def deallocation_of(sql: str) -> str | None:
    """Name of DEALLOCATE PREPARE name."""
    match = _DEALLOCATE.fullmatch(bare(sql))
    return unquote(match["name"]) if match else None


def with_values(sql: str, values: str) -> str:
    """A statement with values for its question marks, as the engine takes it in one go."""
    body = sql.replace("'", "''")
    return f"EXECUTE IMMEDIATE '{body}' USING {values}" if values.strip() else sql
