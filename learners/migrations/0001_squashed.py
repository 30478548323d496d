import django.db.models.deletion
import django.utils.timezone
import tenancy.fields
import tenancy.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('learners', '0001_initial'), ('learners', '0002_groups_calendar_and_working_levels'), ('learners', '0003_seating')]

    initial = True

    dependencies = [
        ('tenancy', '0001_squashed'),
    ]

    operations = [
        migrations.CreateModel(
            name='School',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=tenancy.ids.uuid7, editable=False)),
                ('sourced_id', models.CharField(max_length=255, null=True)),
                ('name', models.CharField(max_length=255)),
                ('kind', models.CharField(default='school', max_length=20)),
                ('identifier', models.CharField(blank=True, max_length=100)),
                ('is_active', models.BooleanField(default=True)),
                ('parent', tenancy.fields.TenantForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='learners.school')),
                ('tenant', tenancy.fields.TenantField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'public_id'), name='school_public_id'), models.UniqueConstraint(fields=('tenant', 'sourced_id'), name='school_sourced_id')],
            },
        ),
        migrations.CreateModel(
            name='Learner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=tenancy.ids.uuid7, editable=False)),
                ('sourced_id', models.CharField(max_length=255, null=True)),
                ('given_name', models.CharField(max_length=150)),
                ('family_name', models.CharField(blank=True, max_length=150)),
                ('preferred_name', models.CharField(blank=True, max_length=150)),
                ('pronouns', models.CharField(blank=True, max_length=60)),
                ('folded_name', models.CharField(max_length=320)),
                ('identifier', models.CharField(blank=True, max_length=100)),
                ('grade', models.CharField(blank=True, max_length=20)),
                ('is_active', models.BooleanField(default=True)),
                ('member', tenancy.fields.TenantForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='learners', to='tenancy.member')),
                ('tenant', tenancy.fields.TenantField()),
                ('home_school', tenancy.fields.TenantForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='home_learners', to='learners.school')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'folded_name'], name='learner_name')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'public_id'), name='learner_public_id'), models.UniqueConstraint(fields=('tenant', 'sourced_id'), name='learner_sourced_id'), models.UniqueConstraint(fields=('tenant', 'member'), name='learner_member')],
            },
        ),
        migrations.CreateModel(
            name='Course',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=tenancy.ids.uuid7, editable=False)),
                ('sourced_id', models.CharField(max_length=255, null=True)),
                ('title', models.CharField(max_length=255)),
                ('code', models.CharField(blank=True, max_length=100)),
                ('grades', models.CharField(blank=True, max_length=255)),
                ('subjects', models.CharField(blank=True, max_length=255)),
                ('is_active', models.BooleanField(default=True)),
                ('tenant', tenancy.fields.TenantField()),
                ('school', tenancy.fields.TenantForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='courses', to='learners.school')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'public_id'), name='course_public_id'), models.UniqueConstraint(fields=('tenant', 'sourced_id'), name='course_sourced_id')],
            },
        ),
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=tenancy.ids.uuid7, editable=False)),
                ('day', models.DateField()),
                ('kind', models.CharField(choices=[('holiday', 'No school'), ('half', 'Half day'), ('school', 'School day')], default='holiday', max_length=7)),
                ('title', models.CharField(blank=True, max_length=100)),
                ('tenant', tenancy.fields.TenantField()),
                ('school', tenancy.fields.TenantForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='calendar_days', to='learners.school')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'public_id'), name='calendarday_public_id'), models.UniqueConstraint(fields=('tenant', 'school', 'day'), name='calendarday_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='SchoolPost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('LRN', 'Learner'), ('GRD', 'Guardian'), ('TCH', 'Teacher'), ('AST', 'Teaching assistant'), ('SCH', 'School administrator'), ('DST', 'District administrator')], max_length=4)),
                ('begins_on', models.DateField(null=True)),
                ('ends_on', models.DateField(null=True)),
                ('member', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='school_posts', to='tenancy.member')),
                ('school', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='posts', to='learners.school')),
                ('tenant', tenancy.fields.TenantField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'member', 'school', 'role'), name='schoolpost_once')],
            },
        ),
        migrations.CreateModel(
            name='Section',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=tenancy.ids.uuid7, editable=False)),
                ('sourced_id', models.CharField(max_length=255, null=True)),
                ('title', models.CharField(max_length=255)),
                ('code', models.CharField(blank=True, max_length=100)),
                ('kind', models.CharField(default='scheduled', max_length=20)),
                ('grades', models.CharField(blank=True, max_length=255)),
                ('subjects', models.CharField(blank=True, max_length=255)),
                ('location', models.CharField(blank=True, max_length=255)),
                ('is_active', models.BooleanField(default=True)),
                ('course', tenancy.fields.TenantForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sections', to='learners.course')),
                ('school', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sections', to='learners.school')),
                ('tenant', tenancy.fields.TenantField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'school'], name='section_school')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'public_id'), name='section_public_id'), models.UniqueConstraint(fields=('tenant', 'sourced_id'), name='section_sourced_id')],
            },
        ),
        migrations.CreateModel(
            name='SeatingPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('learner', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seating', to='learners.learner')),
                ('tenant', tenancy.fields.TenantField()),
                ('section', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seating', to='learners.section')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'section', 'learner'), name='seatingplace_once')],
            },
        ),
        migrations.CreateModel(
            name='LearnerGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=tenancy.ids.uuid7, editable=False)),
                ('name', models.CharField(max_length=100)),
                ('is_active', models.BooleanField(default=True)),
                ('made_by_id', models.BigIntegerField(null=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('tenant', tenancy.fields.TenantField()),
                ('section', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='groups', to='learners.section')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'public_id'), name='learnergroup_public_id'), models.UniqueConstraint(fields=('tenant', 'section', 'name'), name='learnergroup_name')],
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sourced_id', models.CharField(max_length=255, null=True)),
                ('begins_on', models.DateField(null=True)),
                ('ends_on', models.DateField(null=True)),
                ('is_withdrawn', models.BooleanField(default=False)),
                ('tenant', tenancy.fields.TenantField()),
                ('learner', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to='learners.learner')),
                ('section', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to='learners.section')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'learner'], name='enrolment_learner')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'section', 'learner'), name='enrolment_once'), models.UniqueConstraint(fields=('tenant', 'sourced_id'), name='enrolment_sourced_id')],
            },
        ),
        migrations.CreateModel(
            name='SectionStaff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sourced_id', models.CharField(max_length=255, null=True)),
                ('role', models.CharField(choices=[('LRN', 'Learner'), ('GRD', 'Guardian'), ('TCH', 'Teacher'), ('AST', 'Teaching assistant'), ('SCH', 'School administrator'), ('DST', 'District administrator')], default='TCH', max_length=4)),
                ('is_primary', models.BooleanField(default=False)),
                ('begins_on', models.DateField(null=True)),
                ('ends_on', models.DateField(null=True)),
                ('member', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='section_staff', to='tenancy.member')),
                ('section', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='staff', to='learners.section')),
                ('tenant', tenancy.fields.TenantField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'section'], name='sectionstaff_section')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'member', 'section', 'role'), name='sectionstaff_once'), models.UniqueConstraint(fields=('tenant', 'sourced_id'), name='sectionstaff_sourced_id')],
            },
        ),
        migrations.CreateModel(
            name='Term',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=tenancy.ids.uuid7, editable=False)),
                ('sourced_id', models.CharField(max_length=255, null=True)),
                ('title', models.CharField(max_length=255)),
                ('kind', models.CharField(max_length=20)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('school_year', models.CharField(max_length=9)),
                ('is_active', models.BooleanField(default=True)),
                ('parent', tenancy.fields.TenantForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='learners.term')),
                ('tenant', tenancy.fields.TenantField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'public_id'), name='term_public_id'), models.UniqueConstraint(fields=('tenant', 'sourced_id'), name='term_sourced_id')],
            },
        ),
        migrations.CreateModel(
            name='SectionTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('section', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='section_terms', to='learners.section')),
                ('tenant', tenancy.fields.TenantField()),
                ('term', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='section_terms', to='learners.term')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'section', 'term'), name='sectionterm_once')],
            },
        ),
        migrations.CreateModel(
            name='WorkingLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=100)),
                ('grade', models.CharField(max_length=20)),
                ('note', models.TextField(blank=True)),
                ('set_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('set_by_id', models.BigIntegerField(null=True)),
                ('learner', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='working_levels', to='learners.learner')),
                ('tenant', tenancy.fields.TenantField()),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'learner', 'subject'), name='workinglevel_once')],
            },
        ),
        migrations.CreateModel(
            name='GuardianLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('relationship', models.CharField(blank=True, max_length=40)),
                ('status', models.CharField(choices=[('unverified', 'Unverified'), ('verified', 'Verified'), ('restricted', 'Restricted'), ('ended', 'Ended')], default='unverified', max_length=12)),
                ('ends_on', models.DateField(null=True)),
                ('from_roster', models.BooleanField(default=False)),
                ('member', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='guardian_links', to='tenancy.member')),
                ('tenant', tenancy.fields.TenantField()),
                ('learner', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='guardian_links', to='learners.learner')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'learner'], name='guardianlink_learner')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'member', 'learner'), name='guardianlink_once')],
            },
        ),
        migrations.CreateModel(
            name='GroupPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tenant', tenancy.fields.TenantField()),
                ('learner', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='group_places', to='learners.learner')),
                ('group', tenancy.fields.TenantForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='learners.learnergroup')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['tenant', 'learner'], name='groupplace_learner')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'group', 'learner'), name='groupplace_once')],
            },
        ),
    ]
