import django.db.models.deletion
import django.utils.timezone
import tenancy.fields
import tenancy.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('integrations', '0001_initial'), ('integrations', '0002_curriculum_uploads')]

    initial = True

    dependencies = [
        ('competencies', '0001_squashed'),
        ('tenancy', '0001_squashed'),
    ]

    operations = [
        migrations.CreateModel(
            name='CurriculumUpload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=tenancy.ids.uuid7, editable=False)),
                ('kind', models.CharField(max_length=8)),
                ('file_name', models.CharField(max_length=255)),
                ('content', models.BinaryField()),
                ('title', models.CharField(blank=True, max_length=200)),
                ('made_by_id', models.BigIntegerField(null=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('framework', tenancy.fields.TenantForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='uploads', to='competencies.framework')),
                ('tenant', tenancy.fields.TenantField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'made_at'], name='curriculumupload_made')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'public_id'), name='curriculumupload_public_id')],
            },
        ),
        migrations.CreateModel(
            name='ImportReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=tenancy.ids.uuid7, editable=False)),
                ('kind', models.CharField(max_length=20)),
                ('file_name', models.CharField(max_length=255)),
                ('is_dry_run', models.BooleanField(default=False)),
                ('is_accepted', models.BooleanField()),
                ('counts', models.JSONField(default=dict)),
                ('problems', models.JSONField(default=list)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(auto_now_add=True)),
                ('member_id', models.BigIntegerField(null=True)),
                ('tenant', tenancy.fields.TenantField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', '-finished_at'], name='importreport_newest')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'public_id'), name='importreport_public_id')],
            },
        ),
    ]
