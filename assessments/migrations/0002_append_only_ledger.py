from django.db import migrations

from tenancy.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial")]

    operations = [AppendOnly("assessments_evidence")]
