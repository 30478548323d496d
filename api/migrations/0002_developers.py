import django.db.models.deletion
import tenancy.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('api', '0001_squashed'),
        ('tenancy', '0002_languages'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64)),
                ('scopes', models.JSONField(default=list)),
                ('expires_at', models.DateTimeField()),
                ('client', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='access_tokens', to='api.apiclient')),
                ('tenant', tenancy.fields.TenantField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='ApiRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('method', models.CharField(max_length=8)),
                ('path', models.CharField(max_length=300)),
                ('parameters', models.CharField(blank=True, max_length=200)),
                ('status', models.PositiveSmallIntegerField()),
                ('code', models.CharField(blank=True, max_length=40)),
                ('sentence', models.CharField(blank=True, max_length=400)),
                ('ms', models.PositiveIntegerField()),
                ('client', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='requests', to='api.apiclient')),
                ('tenant', tenancy.fields.TenantField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='apiclient',
            name='addresses',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='apiclient',
            name='per_minute',
            field=models.PositiveIntegerField(default=600),
        ),
        migrations.AddField(
            model_name='apiclient',
            name='previous_hash',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='apiclient',
            name='previous_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='apiclient',
            name='rotated_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='apiclient',
            index=models.Index(fields=['tenant', 'previous_hash'], name='apiclient_previous'),
        ),
        migrations.AddIndex(
            model_name='accesstoken',
            index=models.Index(fields=['tenant', 'expires_at'], name='accesstoken_age'),
        ),
        migrations.AddConstraint(
            model_name='accesstoken',
            constraint=models.UniqueConstraint(fields=('tenant', 'token_hash'), name='accesstoken_once'),
        ),
        migrations.AddIndex(
            model_name='apirequest',
            index=models.Index(fields=['tenant', 'client', 'at'], name='apirequest_of_client'),
        ),
        migrations.AddIndex(
            model_name='apirequest',
            index=models.Index(fields=['tenant', 'at'], name='apirequest_newest'),
        ),
    ]
