from django.db import migrations

from tenancy.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("milestones", "0005_plans_sheets_reviews_and_recognition")]

    operations = [AppendOnly("milestones_milestoneversion")]
