from django.db import migrations

from tenancy.operations import AppendOnly

BACKFILL = "UPDATE {0} SET {1} = {2};"


class Migration(migrations.Migration):
    dependencies = [
        ("milestones", "0003_overrides_trials_and_checks"),
        ("competencies", "0002_policies_in_force_and_drafts"),
    ]

    operations = [
        AppendOnly("milestones_leveloverride"),
        AppendOnly("milestones_overrideend"),
        migrations.RunSQL(
            BACKFILL.format("milestones_competencystatus", "computed_level", "level")
            + BACKFILL.format("milestones_milestonestatus", "computed_level", "level")
            + BACKFILL.format("competencies_policyversion", "in_force_from", "published_at"),
            migrations.RunSQL.noop,
        ),
    ]
