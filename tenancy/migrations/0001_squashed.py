import django.db.models.deletion
import django.utils.timezone
import tenancy.fields
import tenancy.ids
import tenancy.operations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('tenancy', '0001_initial'), ('tenancy', '0002_append_only_audit_and_cache'), ('tenancy', '0003_failed_job')]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tenant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=tenancy.ids.uuid7, editable=False, unique=True)),
                ('slug', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('host', models.CharField(blank=True, max_length=200, null=True, unique=True)),
                ('time_zone', models.CharField(default='UTC', max_length=64)),
                ('small_group', models.PositiveSmallIntegerField(default=10)),
            ],
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('is_active', models.BooleanField(default=True)),
                ('is_staff', models.BooleanField(default=False)),
                ('theme', models.CharField(choices=[('device', 'device'), ('light', 'light'), ('dark', 'dark')], default='device', max_length=6)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=tenancy.ids.uuid7, editable=False)),
                ('sourced_id', models.CharField(max_length=255, null=True)),
                ('given_name', models.CharField(max_length=150)),
                ('family_name', models.CharField(blank=True, max_length=150)),
                ('email', models.CharField(blank=True, max_length=254)),
                ('is_enabled', models.BooleanField(default=True)),
                ('user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tenant', tenancy.fields.TenantField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'public_id'), name='member_public_id'), models.UniqueConstraint(fields=('tenant', 'sourced_id'), name='member_sourced_id'), models.UniqueConstraint(fields=('tenant', 'user'), name='member_user')],
            },
        ),
        migrations.CreateModel(
            name='FailedJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('job', models.CharField(max_length=100)),
                ('tries', models.PositiveSmallIntegerField(default=1)),
                ('problem', models.TextField()),
                ('first_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('last_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('next_at', models.DateTimeField(null=True)),
                ('tenant', tenancy.fields.TenantField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'job'), name='failedjob_once')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('member_id', models.BigIntegerField(null=True)),
                ('token_id', models.BigIntegerField(null=True)),
                ('role', models.CharField(blank=True, max_length=40)),
                ('action', models.CharField(max_length=60)),
                ('target_kind', models.CharField(blank=True, max_length=60)),
                ('target_id', models.CharField(blank=True, max_length=64)),
                ('detail', models.JSONField(default=dict)),
                ('request_number', models.CharField(blank=True, max_length=32)),
                ('tenant', tenancy.fields.TenantField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'at'], name='auditentry_at')],
            },
        ),
        migrations.CreateModel(
            name='Affiliation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='affiliations', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.tenant')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'tenant'), name='affiliation_once')],
            },
        ),
        migrations.CreateModel(
            name='RoleGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('LRN', 'Learner'), ('GRD', 'Guardian'), ('TCH', 'Teacher'), ('AST', 'Teaching assistant'), ('SCH', 'School administrator'), ('DST', 'District administrator')], max_length=4)),
                ('begins_on', models.DateField(null=True)),
                ('ends_on', models.DateField(null=True)),
                ('member', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='role_grants', to='tenancy.member')),
                ('tenant', tenancy.fields.TenantField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'member', 'role'), name='rolegrant_once')],
            },
        ),
        tenancy.operations.AppendOnly(
            table='tenancy_auditentry',
        ),
        # The table of Django's database cache (`createcachetable`): sign-in limits work without Redis.
        migrations.RunSQL(
            "CREATE TABLE django_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL,"
            " expires timestamptz NOT NULL); CREATE INDEX django_cache_expires ON django_cache (expires)",
            "DROP TABLE django_cache",
        ),
    ]
