from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0003_progress")]

    operations = [migrations.AddField("rosterimport", "school_ids", models.JSONField(null=True))]
