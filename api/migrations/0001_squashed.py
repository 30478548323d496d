import django.db.models.deletion
import tenancy.fields
import tenancy.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('api', '0001_initial')]

    initial = True

    dependencies = [
        ('learners', '0001_squashed'),
        ('tenancy', '0001_squashed'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiClient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=tenancy.ids.uuid7, editable=False)),
                ('name', models.CharField(max_length=60)),
                ('token_hash', models.CharField(max_length=64)),
                ('hint', models.CharField(max_length=12)),
                ('scopes', models.JSONField(default=list)),
                ('expires_at', models.DateTimeField()),
                ('is_revoked', models.BooleanField(default=False)),
                ('last_used_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by_id', models.BigIntegerField(null=True)),
                ('tenant', tenancy.fields.TenantField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'public_id'), name='apiclient_public_id'), models.UniqueConstraint(fields=('tenant', 'token_hash'), name='apiclient_token'), models.UniqueConstraint(fields=('tenant', 'name'), name='apiclient_name')],
            },
        ),
        migrations.CreateModel(
            name='ApiClientSchool',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='school_limits', to='api.apiclient')),
                ('school', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='learners.school')),
                ('tenant', tenancy.fields.TenantField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'client', 'school'), name='apiclientschool_once')],
            },
        ),
        migrations.CreateModel(
            name='IdempotentAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=255)),
                ('request_hash', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('body', models.JSONField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('client', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='api.apiclient')),
                ('tenant', tenancy.fields.TenantField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'created_at'], name='idempotentanswer_age')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'client', 'key'), name='idempotentanswer_key')],
            },
        ),
    ]
