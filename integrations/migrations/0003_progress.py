from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0002_roster_imports")]

    operations = [
        migrations.AddField("rosterimport", "rows_done", models.PositiveIntegerField(default=0)),
        migrations.AddField("rosterimport", "rows_total", models.PositiveIntegerField(default=0)),
        migrations.AddField("rosterimport", "share", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("rosterimport", "heard_at", models.DateTimeField(null=True)),
    ]
