from django.db import migrations

from tenancy.operations import Analysed


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0002_languages")]

    operations = [Analysed("tenancy_member")]
