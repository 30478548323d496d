from django.db import migrations

from tenancy.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("milestones", "0007_earlier_words")]

    operations = [AppendOnly("milestones_milestonewording")]
