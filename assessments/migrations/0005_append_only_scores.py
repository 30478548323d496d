from django.db import migrations

from tenancy.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("assessments", "0004_tasks_attempts_and_artefacts")]

    operations = [AppendOnly("assessments_rubricscore")]
