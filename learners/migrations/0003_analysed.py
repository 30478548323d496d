from django.db import migrations

from tenancy.operations import Analysed


class Migration(migrations.Migration):
    dependencies = [("learners", "0002_invitations")]

    operations = [Analysed("learners_learner"), Analysed("learners_section")]
