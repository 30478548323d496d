"""Migration operations that tenant tables need beyond what the schema editor does by itself."""

from typing import Any

from django.db.migrations.operations import RunSQL

RESTRICTED = "waymark_app, waymark_ops"
HAS_MAINTAIN = 170000


class AppendOnly(RunSQL):
    """Takes UPDATE and DELETE on a table away from the application's roles: append-only by grant, not by promise."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM {RESTRICTED}',
            f'GRANT UPDATE, DELETE ON "{table}" TO {RESTRICTED}',
        )

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        return self.__class__.__qualname__, [self.table], {}

    def describe(self) -> str:
        return f"Make {self.table} append-only"


class Analysed(RunSQL):
    """Lets the application tell the planner how big a table is that it has just filled (`ANALYZE`).

    PostgreSQL 17 and later; earlier ones know no such right. It reads and writes no rows; the roster import says why it
    is needed (`integrations/oneroster/bulk.py`).
    """

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            f'GRANT MAINTAIN ON "{table}" TO waymark_app',
            f'REVOKE MAINTAIN ON "{table}" FROM waymark_app',
        )

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.pg_version >= HAS_MAINTAIN:
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.pg_version >= HAS_MAINTAIN:
            super().database_backwards(app_label, schema_editor, from_state, to_state)

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        return self.__class__.__qualname__, [self.table], {}

    def describe(self) -> str:
        return f"Let the application analyse {self.table}"
