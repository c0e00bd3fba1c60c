"""What users keep in a work group: named queries and prepared statements; one JSON file."""

from __future__ import annotations

import json
import threading
import time
import uuid
from typing import TYPE_CHECKING

from headwater.lake.athena.protocol import ApiError, Json, invalid, page, required

if TYPE_CHECKING:
    from pathlib import Path

_QUERY = ("Name", "Description", "Database", "QueryString", "WorkGroup")


class Saved:
    """Named queries by id, prepared statements by work group and name."""

    def __init__(self, file: Path, work_group: str) -> None:
        self._file = file
        self._work_group = work_group
        self._lock = threading.Lock()
        empty: Json = {"queries": {}, "statements": {}}
        self._kept: Json = json.loads(file.read_text()) if file.exists() else empty

    def create_named_query(self, parameters: Json) -> Json:
        """Keep a query under a name."""
        for name in ("Name", "Database", "QueryString"):
            required(parameters, name)
        query = {name: parameters[name] for name in _QUERY if parameters.get(name)}
        query = {"WorkGroup": self._work_group, **query, "NamedQueryId": str(uuid.uuid4())}
        with self._lock:
            self._kept["queries"][query["NamedQueryId"]] = query
            self._save()
        return {"NamedQueryId": query["NamedQueryId"]}

    def get_named_query(self, parameters: Json) -> Json:
        """One named query."""
        query_id = required(parameters, "NamedQueryId")
        query = self._kept["queries"].get(query_id)
        if query is None:
            raise invalid(f"NamedQuery {query_id} was not found")
        return {"NamedQuery": query}

    def batch_get_named_query(self, parameters: Json) -> Json:
        """Several named queries."""
        known, wanted = self._kept["queries"], parameters.get("NamedQueryIds") or []
        missing = [
            {"NamedQueryId": i, "ErrorCode": "INVALID_INPUT", "ErrorMessage": "was not found"}
            for i in wanted
            if i not in known
        ]
        found = [known[i] for i in wanted if i in known]
        return {"NamedQueries": found, "UnprocessedNamedQueryIds": missing}

    def list_named_queries(self, parameters: Json) -> Json:
        """The ids of a work group's named queries."""
        group = self._group(parameters)
        ids = [i for i, query in self._kept["queries"].items() if query["WorkGroup"] == group]
        items, token = page(ids, parameters, 50)
        return {"NamedQueryIds": items, **token}

    def delete_named_query(self, parameters: Json) -> Json:
        """Forget a named query."""
        with self._lock:
            self._kept["queries"].pop(required(parameters, "NamedQueryId"), None)
            self._save()
        return {}

    def create_prepared_statement(self, parameters: Json) -> Json:
        """Keep a statement with question marks."""
        name = required(parameters, "StatementName")
        if self._key(parameters) in self._kept["statements"]:
            raise invalid(f"PreparedStatement {name} already exists")
        return self.put_statement(parameters)

    def update_prepared_statement(self, parameters: Json) -> Json:
        """Replace a statement."""
        self.get_prepared_statement(parameters)
        return self.put_statement(parameters)

    def get_prepared_statement(self, parameters: Json) -> Json:
        """One statement."""
        statement = self._kept["statements"].get(self._key(parameters))
        if statement is None:
            name = parameters["StatementName"]
            raise ApiError("ResourceNotFoundException", f"PreparedStatement {name} was not found")
        return {"PreparedStatement": statement}

    def list_prepared_statements(self, parameters: Json) -> Json:
        """A work group's statements."""
        group = self._group(parameters)
        found = [
            {k: s[k] for k in ("StatementName", "LastModifiedTime")}
            for s in self._kept["statements"].values()
            if s["WorkGroupName"] == group
        ]
        items, token = page(found, parameters, 50)
        return {"PreparedStatements": items, **token}

    def delete_prepared_statement(self, parameters: Json) -> Json:
        """Forget a statement."""
        self.get_prepared_statement(parameters)
        with self._lock:
            del self._kept["statements"][self._key(parameters)]
            self._save()
        return {}

    def find_statement(self, work_group: str, name: str) -> str | None:
        """The text of a statement, if there is one."""
        found = self._kept["statements"].get(f"{work_group}/{name}")
        return None if found is None else str(found["QueryStatement"])

    def put_statement(self, parameters: Json) -> Json:
        """Keep a statement, whether or not there was one of that name."""
        statement = {
            "StatementName": required(parameters, "StatementName").lower(),
            "QueryStatement": required(parameters, "QueryStatement"),
            "WorkGroupName": self._group(parameters),
            "Description": parameters.get("Description") or "",
            "LastModifiedTime": time.time(),
        }
        with self._lock:
            self._kept["statements"][self._key(parameters)] = statement
            self._save()
        return {}

    def _group(self, parameters: Json) -> str:
        return str(parameters.get("WorkGroup") or self._work_group)

    def _key(self, parameters: Json) -> str:
        return f"{self._group(parameters)}/{required(parameters, 'StatementName').lower()}"

    def _save(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps(self._kept))
        draft.replace(self._file)
