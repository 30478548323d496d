from django.db import migrations

from tenancy.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("interventions", "0001_initial")]

    operations = [
        AppendOnly("interventions_alertact"),
        AppendOnly("interventions_plansession"),
        AppendOnly("interventions_peersession"),
    ]
