from django.db import migrations

from tenancy.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("milestones", "0001_initial")]

    operations = [
        AppendOnly("milestones_statuschange"),
        AppendOnly("milestones_release"),
        # Status rows are refreshed often: room on the page keeps those updates in place.
        migrations.RunSQL(
            "ALTER TABLE milestones_competencystatus SET (fillfactor = 70);"
            "ALTER TABLE milestones_milestonestatus SET (fillfactor = 70)",
            migrations.RunSQL.noop,
        ),
    ]
