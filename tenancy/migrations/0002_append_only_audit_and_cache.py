from django.db import migrations

from tenancy.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]

    operations = [
        AppendOnly("tenancy_auditentry"),
        # The table of Django's database cache (`createcachetable`): sign-in limits work without Redis.
        migrations.RunSQL(
            "CREATE TABLE django_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL,"
            " expires timestamptz NOT NULL); CREATE INDEX django_cache_expires ON django_cache (expires)",
            "DROP TABLE django_cache",
        ),
    ]
