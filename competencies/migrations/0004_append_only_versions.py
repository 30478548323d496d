from django.db import migrations

from tenancy.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("competencies", "0003_rubrics_indicators_and_versions")]

    operations = [AppendOnly("competencies_competencyversion")]
