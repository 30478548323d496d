"""Schema editor: what every tenant table has in the database, whatever migration creates it.

Primary key `(tenant_id, id)`, composite foreign keys `(tenant_id, x_id) → (tenant_id, id)`, row-level security
enabled and forced with one bare policy. Doing it here means that a migration cannot forget it.
"""

from typing import Any

from django.db import models
from django.db.backends.ddl_references import Statement
from django.db.backends.postgresql.schema import DatabaseSchemaEditor

from tenancy.fields import TenantField, TenantForeignKey

# The bare form errors loudly without a tenant and is as fast as an explicit filter; see docs/decisions.
POLICY = "tenant_id = current_setting('app.tenant_id')::bigint"


def is_tenant_table(model: type[models.Model]) -> bool:
    return any(isinstance(field, TenantField) for field in model._meta.local_fields)


class TenantSchemaEditor(DatabaseSchemaEditor):
    def create_model(self, model: type[models.Model]) -> None:
        super().create_model(model)
        if not is_tenant_table(model):
            return
        table = model._meta.db_table
        name = self.quote_name(table)
        key = self.quote_name(f"{table}_pkey")
        self.execute(f"ALTER TABLE {name} DROP CONSTRAINT {key}, ADD CONSTRAINT {key} PRIMARY KEY (tenant_id, id)")
        self.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        self.execute(f"CREATE POLICY tenant_rows ON {name} USING ({POLICY}) WITH CHECK ({POLICY})")
        for field in model._meta.local_fields:
            self._add_tenant_foreign_key(model, field)

    def add_field(self, model: type[models.Model], field: models.Field[Any, Any]) -> None:
        super().add_field(model, field)
        self._add_tenant_foreign_key(model, field)

    def _add_tenant_foreign_key(self, model: type[models.Model], field: models.Field[Any, Any]) -> None:
        if not isinstance(field, TenantForeignKey):
            return
        table, column = model._meta.db_table, field.column
        target = field.remote_field.model._meta.db_table
        name = self._create_index_name(table, [column], suffix="_tenant_fk")  # type: ignore[attr-defined]
        sql = (
            f"ALTER TABLE {self.quote_name(table)} ADD CONSTRAINT {self.quote_name(name)} "
            f"FOREIGN KEY (tenant_id, {self.quote_name(column)}) REFERENCES {self.quote_name(target)} (tenant_id, id)"
        )
        self.deferred_sql.append(Statement(sql))
