from django.db import migrations

from tenancy.operations import AppendOnly

# The owner is under row-level security like everybody; a back-fill over all tenants lifts that for its own statement.
BACKFILL = """
ALTER TABLE {0} NO FORCE ROW LEVEL SECURITY;
UPDATE {0} SET {1} = {2};
ALTER TABLE {0} FORCE ROW LEVEL SECURITY;
"""


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
