"""Django's PostgreSQL backend with our schema editor and plain inserts."""

from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations

from tenancy.postgres.schema import TenantSchemaEditor


class PlainInsertOperations(DatabaseOperations):
    """Keeps `INSERT … VALUES` in bulk_create: Citus refuses the UNNEST form under row-level security."""

    compiler_module = "django.db.models.sql.compiler"


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = TenantSchemaEditor
    ops_class = PlainInsertOperations
